// node send.mjs NAME: a pod's whole life by the library alone, on whatever Node this is.
import { CellwrightError, deletePod, launchPod, watchPods } from "cellwright";

const options = { deployment: "cellwright", signal: AbortSignal.timeout(60_000) };
const spec = {
	containers: [{ name: "main", image: "nginx", resources: { limits: { cpu: "1" } } }],
};
const say = (line) => process.stdout.write(`${line}\n`);

const fault = await launchPod({ metadata: { name: "UPPER CASE" }, spec }, options).catch(
	(error) => error,
);
if (!(fault instanceof CellwrightError)) throw new Error(`accepted, or refused as ${fault}`);
say(`refused: ${fault.code}`);

const pod = await launchPod(
	{ metadata: { name: process.argv[2], namespace: "library" }, spec },
	options,
);
const phases = [];
for await (const { phase } of watchPods([pod], { ...options, everyMs: 100 })) {
	phases.push(phase);
	if (phase === "Ready") await deletePod(pod, options);
}
say(`seen: ${phases.join(" ")}`);
