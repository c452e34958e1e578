import { aLaunchRequest } from "../support/launch-request.ts";
import { controllerId, type Deployment, deploy, type Plant } from "./deployment.ts";
import type { History } from "./history.ts";
import { watching } from "./invariants.ts";
import { deletedBody, scheduledBody } from "./messages.ts";
import { inTimeOf } from "./virtual-time.ts";
import { newWorld } from "./world.ts";

/** What came of one history. */
export type Outcome = Readonly<{
	violations: readonly string[];
	/** Every port call by its number. */
	calls: readonly string[];
	/** Faults that really happened, by kind. */
	met: ReadonlyMap<string, number>;
	steps: number;
}>;

/** A history that goes on longer than this never ends. */
const mostSteps = 60_000;

/**
 * Plays one history to its end: until messages have drained and nothing is left to do but to live.
 *
 * @param plant a bug, to see whether it is found.
 * @param trace hears each thing that happens.
 */
export async function play(
	history: History,
	plant?: () => Plant,
	trace?: (line: string) => void,
): Promise<Outcome> {
	const { schedule, faults, skews } = history;
	const world = newWorld({ schedule, faults, skews, trace });
	let deployed: Deployment | undefined;
	const watch = watching(history, () => {
		if (deployed === undefined) throw new RangeError("nothing is deployed yet");
		return deployed;
	});
	const deployment = deploy(history, world, watch, plant);
	deployed = deployment;
	begin(history, world, deployment);

	let steps = 0;
	return await inTimeOf(world, async () => {
		while (watch.violations.length === 0 && (await world.step(deployment.possible())))
			if (++steps > mostSteps) return outcome([`it never ends: ${steps} steps`]);
		if (watch.violations.length === 0) await watch.atTheEnd();
		return outcome(watch.violations);
	});

	function outcome(violations: readonly string[]): Outcome {
		for (const violation of violations) world.say(`VIOLATION ${violation}`);
		return { violations, calls: world.callNames, met: world.met, steps };
	}
}

/** What the cluster sends, and when. */
function begin(
	{ pods, rubbish, strays, limits }: History,
	world: ReturnType<typeof newWorld>,
	{ queues, ec2 }: Deployment,
) {
	const isLimited = limits.cells !== undefined || limits.hourlyUsd !== undefined;
	for (let stray = 0; stray < (isLimited ? 0 : strays); stray++)
		world.after(20_000, () => {
			world.note("machine without a record");
			const tags = { KipControllerID: controllerId, "cellwright.dev/pod-uid": `stray-${stray}` };
			ec2.leaveBehind(aLaunchRequest({ tags }));
		});
	for (const [place, script] of pods.entries()) {
		world.after(script.atSeconds * 1000, () => {
			for (let copy = 0; copy < script.copies; copy++)
				queues.podScheduled.send(scheduledBody(place, script));
			if (script.copies > 1) world.note("message sent twice");
		});
		if (script.againAtSeconds !== undefined)
			world.after(script.againAtSeconds * 1000, () => {
				world.note("message sent again");
				queues.podScheduled.send(scheduledBody(place, script));
			});
		if (script.deletedAtSeconds !== undefined)
			world.after(script.deletedAtSeconds * 1000, () => {
				world.note("pod deleted");
				queues.podDeleted.send(deletedBody(place));
			});
	}
	for (let piece = 0; piece < rubbish; piece++)
		world.after(1_000 * piece, () => {
			queues.podScheduled.send(`rubbish ${piece}`);
			queues.podDeleted.send(`rubbish ${piece}`);
		});
}
