import { resolve } from "node:path";
import { stackFeed, startStackConsole } from "../../infra/console/stack-console.ts";
import { switchboard } from "../../infra/console/switchboard.ts";
import { startStack } from "../../infra/local/stack.ts";

const root = resolve(import.meta.dirname, "../..");
const ec2 = { bootTime: { medianMs: 300, spread: 0.2 }, throttling: 10 };

/** The embedded stack with quick cells, and its console as `cellwright up` starts it. */
export async function consoleWorld() {
	const providerFile = resolve(root, "provider.yaml");
	const feed = stackFeed(Date.now);
	const stack = await startStack({
		providerFile,
		ec2,
		firstCheckSeconds: 0,
		onCell: feed.pods.onCell,
		onEvent: feed.pods.onEvent,
		onLine: (_, line) => feed.charts.take(line),
		onAwsMetric: feed.charts.take,
	});
	const switches = switchboard(stack.ec2, ec2, Date.now);
	const served = await startStackConsole({ stack, feed, switches, providerFile, port: 0 });
	return {
		url: served.url,
		stack,
		async close() {
			switches.stop();
			await served.close();
			await stack.stop();
		},
	};
}

export const podYaml = (name: string, { cpu = "500m", spot = true } = {}): string => `apiVersion: v1
kind: Pod
metadata:
  name: ${name}
  namespace: shop
  annotations:
    pod.elotl.co/launch-type: ${spot ? "spot" : "on-demand"}
spec:
  restartPolicy: Always
  containers:
    - name: main
      image: nginx
      resources:
        requests:
          cpu: ${cpu}
          memory: 1Gi
`;
