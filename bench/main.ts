/** `npm run bench [-- selection identity bundles readiness burst]`: every figure beside its baseline and its target. */
import { availableParallelism } from "node:os";
import { bundlesBench } from "./bundles.ts";
import { burstBench } from "./burst.ts";
import { identityBench } from "./identity.ts";
import { readinessBench } from "./readiness.ts";
import type { BenchRow } from "./report.ts";
import { selectionBench } from "./selection.ts";

const sections: Readonly<Record<string, () => Promise<readonly BenchRow[]>>> = {
	selection: selectionBench,
	identity: identityBench,
	bundles: bundlesBench,
	readiness: readinessBench,
	burst: burstBench,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in sections));
if (unknown.length > 0) {
	console.error(`no section ${unknown.join(", ")}; there are ${Object.keys(sections).join(", ")}`);
	process.exit(2);
}

console.log(
	`node ${process.version}, ${availableParallelism()} cores; medians, ours and baseline in turn\n`,
);
for (const [name, section] of Object.entries(sections)) {
	if (wanted.length > 0 && !wanted.includes(name)) continue;
	console.log(name);
	for (const row of await section()) console.log(`  ${text(row)}`);
	console.log();
}

function text({ what, measured, unit, baseline, target, targetRatio, note }: BenchRow): string {
	const parts = [`${what}: ${figure(measured)} ${unit}`];
	if (target !== undefined) {
		const verdict = measured <= target.atMost ? "met" : "MISSED";
		const stretch = target.stretch === undefined ? "" : `, stretch ${target.stretch}`;
		parts.push(`target ≤ ${target.atMost}${stretch}: ${verdict}`);
	}
	if (baseline !== undefined) {
		const ratio = baseline.measured / measured;
		const wantedRatio =
			targetRatio === undefined
				? ""
				: `, target ≥ ${targetRatio}×: ${ratio >= targetRatio ? "met" : "MISSED"}`;
		parts.push(
			`${baseline.name}: ${figure(baseline.measured)} ${unit} (${figure(ratio)}×${wantedRatio})`,
		);
	}
	if (note !== undefined) parts.push(note);
	return parts.join("; ");
}

function figure(value: number): string {
	return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
