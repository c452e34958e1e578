import { syncBuiltinESMExports } from "node:module";
import timers from "node:timers";
import type { World } from "./world.ts";

type Clock = Pick<World, "timeout" | "after">;

/** Whose time counts; undefined: the real one. */
let current: Clock | undefined;
let isInstalled = false;

/**
 * Lets handlers live in a world's time: their deadlines are AbortSignal.timeout and, of middy's, setTimeout, and
 * they take neither as a port.
 */
export async function inTimeOf<Result>(clock: Clock, run: () => Promise<Result>): Promise<Result> {
	install();
	current = clock;
	try {
		return await run();
	} finally {
		current = undefined;
	}
}

function install() {
	if (isInstalled) return;
	isInstalled = true;
	const realTimeout = AbortSignal.timeout;
	AbortSignal.timeout = (ms) => current?.timeout(ms) ?? realTimeout.call(AbortSignal, ms);
	const realSetTimeout = timers.setTimeout;
	const virtual = (act: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) =>
		current === undefined
			? realSetTimeout(act, ms, ...args)
			: current.after(ms ?? 0, () => act(...args));
	Object.assign(timers, { setTimeout: Object.assign(virtual, realSetTimeout) });
	syncBuiltinESMExports();
}
