import { describe, expect, it } from "vitest";
import { everyPod, filtered } from "../../../infra/console/page/pod-filter.ts";
import { aRow, spotOffering } from "./rows.ts";

const rows = [
	aRow("web", { phase: "Ready", offering: spotOffering }, 10),
	aRow("api", { phase: "Failed", reason: "NoOfferingFits" }, 20),
	aRow("batch", {}, 20),
];
const namesOf = (over: Partial<typeof everyPod>) =>
	filtered(rows, { ...everyPod, ...over }).map(({ name }) => name);

describe("the pods that are shown", () => {
	it.each([
		{ $when: "newest first, then by name", over: {}, names: ["api", "batch", "web"] },
		{ $when: "by name", over: { order: "name" }, names: ["api", "batch", "web"] },
		{ $when: "of a phase", over: { phase: "Failed" }, names: ["api"] },
		{ $when: "with all words, in any case", over: { text: "SPOT t3a" }, names: ["web"] },
		{ $when: "by reason", over: { text: "nooffering" }, names: ["api"] },
		{ $when: "none", over: { text: "web failed" }, names: [] },
	] as const)("are these: $$when", ({ over, names }) => {
		expect(namesOf(over)).toEqual(names);
	});

	it("keep their order when one of them changes", () => {
		const [web, ...others] = rows;
		const changed = { ...web, ...aRow("web", { phase: "Ready", version: 9 }, 10) };
		expect(filtered([...others, changed], everyPod).map(({ name }) => name)).toEqual(namesOf({}));
	});
});
