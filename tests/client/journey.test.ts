import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deletePods, launchPods, readManifests, watchPods } from "../../client/index.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { watchedStack } from "../support/watched-stack.ts";

let watched: Awaited<ReturnType<typeof watchedStack>>;

beforeAll(async () => {
	watched = await watchedStack();
});
afterAll(async () => await watched.stack.stop());

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 3
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: nginx
          resources: { limits: { cpu: 250m, memory: 256Mi } }
`;

describe("a program that uses the library", () => {
	it("launches a Deployment's replicas by one call, sees them ready, and ends them", async () => {
		const { sqs, dynamodb } = watched.stack.endpoints;
		const options = {
			deployment: "cellwright",
			sqs: { ...laptopAws, endpoint: sqs },
			dynamodb: { ...laptopAws, endpoint: dynamodb },
			signal: AbortSignal.timeout(200_000),
			everyMs: 50,
		};
		const pods = await launchPods(readManifests(deployment).pods, options);
		const ready = new Set<string>();
		const ended: string[] = [];
		for await (const { podUid, phase } of watchPods(pods, options)) {
			if (phase === "Ready" && ready.add(podUid).size === pods.length)
				await deletePods(pods, options);
			if (phase === "Terminated") ended.push(podUid);
		}
		expect(ended.toSorted()).toEqual(pods.map(({ uid }) => uid).toSorted());
		const groups = watched.history.flatMap((cell) =>
			"plan" in cell && cell.plan?.group !== undefined ? [cell.plan.group.podUids] : [],
		);
		expect(groups[0]?.toSorted()).toEqual(pods.map(({ uid }) => uid).toSorted());
	});
});
