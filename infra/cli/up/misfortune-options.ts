import type { Fault } from "../../../shared/errors.ts";
import { globMatcher } from "../../../shared/offerings/glob.ts";
import { secondsFrom } from "../option-values.ts";
import type { Misfortunes } from "./misfortunes.ts";

/** What `up` is told to let cells suffer, as it was typed. */
export type MisfortuneOptions = Readonly<{
	neverBoots: readonly string[];
	interruptSpotAfter?: string;
	spotWarningSeconds?: string;
	terminateAfter?: string;
}>;

/** EC2's own. */
const spotWarningSeconds = 120;

/** @param faults for what is wrong. */
export function misfortunesFrom(options: MisfortuneOptions, faults: Fault[]): Misfortunes {
	const seconds = (path: string, text: string | undefined) => secondsFrom(path, text, faults);
	const interrupt = seconds("--interrupt-spot-after", options.interruptSpotAfter);
	const warning = seconds("--spot-warning-seconds", options.spotWarningSeconds);
	const terminate = seconds("--terminate-after", options.terminateAfter);
	const neverBoots = options.neverBoots.flatMap((text) => neverBootsFrom(text, faults) ?? []);
	return {
		neverBoots,
		spotWarningMs: (warning ?? spotWarningSeconds) * 1000,
		...(interrupt === undefined ? {} : { interruptSpotAfterMs: interrupt * 1000 }),
		...(terminate === undefined ? {} : { terminateAfterMs: terminate * 1000 }),
	};
}

function neverBootsFrom(
	text: string,
	faults: Fault[],
): Misfortunes["neverBoots"][number] | undefined {
	const { pod, cells } = /^(?<pod>[a-z0-9.*-]+)(?::(?<cells>[1-9]))?$/.exec(text)?.groups ?? {};
	if (pod !== undefined) {
		return { isMeant: globMatcher(pod), cells: cells === undefined ? Infinity : Number(cells) };
	}
	faults.push({
		path: "--never-boots",
		value: text,
		problem:
			"must be a pod's name, in which * is any text, and after a colon how many of its cells if not all, as in web or *-api:1",
	});
	return undefined;
}
