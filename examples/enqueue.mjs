// Launches one pod, sees it become ready, deletes it and sees it end.
//
//   npm install ./cellwright-0.1.0.tgz      (what `npm pack` makes, see docs/library.md)
//   CELLWRIGHT_DEPLOYMENT=cellwright-production AWS_PROFILE=… node enqueue.mjs
//
// Nothing in it names a place: the deployment, the region, the credentials and, for a stack on a laptop, the endpoints
// (AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL_DYNAMODB, as `cellwright up` prints them) come from the environment.
import { deletePod, launchPod, watchPods } from "cellwright";

const say = (line) => process.stdout.write(`${line}\n`);

/** Longer than any cell of ours takes to boot. */
const patience = () => AbortSignal.timeout(600_000);

const pod = await launchPod({
	metadata: { name: "report", namespace: "shop" },
	spec: {
		restartPolicy: "Never",
		containers: [
			{
				name: "report",
				image: "docker.io/library/python:3.13-slim",
				resources: { limits: { cpu: "500m", memory: "512Mi" } },
			},
		],
	},
});
say(`${pod.namespace}/${pod.name} scheduled, uid ${pod.uid}`);

for await (const status of watchPods([pod], { everyMs: 250, signal: patience() })) {
	say(`${status.phase}${status.reason === undefined ? "" : `: ${status.reason}`}`);
	if (status.phase === "Ready") {
		const { instanceType, zone, hourlyUsd, podAddress } = status.instance;
		say(`a ${instanceType} in ${zone} at ${hourlyUsd} USD/h; the pod is at ${podAddress}`);
		await deletePod(pod);
	}
	if (status.phase === "Failed") process.exitCode = 1;
}
