import { describe, expect, it } from "vitest";
import { lives, singleFaults } from "./lives.ts";
import { mutants } from "./mutants.ts";
import { play } from "./play.ts";

// A sample of what `npm run test:faults` plays in full.

describe.each(Object.keys(lives))("a pod's life: %s", (name) => {
	const life = lives[name];
	if (life === undefined) throw new RangeError(name);

	it("keeps every promise without a fault, and with each of many", async () => {
		const { violations, calls } = await play(life);
		expect(violations).toEqual([]);
		const sample = singleFaults(life, calls).filter((_, place) => place % 61 === 0);
		expect(sample.length).toBeGreaterThan(1);
		for (const history of sample)
			expect({ ...(await play(history)), history }).toMatchObject({ violations: [] });
	});

	it("is the same whenever it is played", async () => {
		const lines: string[][] = [[], []];
		for (const told of lines)
			await play({ ...life, schedule: 7 }, undefined, (line) => told.push(line));
		expect(lines[0]?.length).toBeGreaterThan(10);
		expect(lines[0]).toEqual(lines[1]);
	});
});

it("sees a client token that is dropped", async () => {
	const [dropped] = mutants;
	const life = lives["ready, lost, ready again, deleted"];
	if (life === undefined || dropped === undefined) throw new RangeError("renamed");
	const { calls } = await play(life);
	const launch = calls.findIndex((call) => call.startsWith("instances.launch"));
	const history = { ...life, faults: [{ call: launch, kind: "dies after" as const }] };
	expect((await play(history)).violations).toEqual([]);
	expect((await play(history, dropped.plant)).violations).not.toEqual([]);
});
