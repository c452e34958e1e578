import { setImmediate } from "node:timers/promises";
import { morning } from "../support/cells.ts";
import { numbersFrom } from "./random.ts";

/** What happens to one port call. */
export const faultKinds = [
	/** The worker dies, and nothing has left it. */
	"dies before",
	/** The worker dies; what it asked for happens a while later. */
	"dies in flight",
	/** It has happened, and the worker dies before it hears of it. */
	"dies after",
	/** Nothing happens, and the caller gets an error. */
	"fails",
	/** It happens, and the caller gets an error. */
	"answer lost",
	/** Nothing happens, and no answer comes for as long as the caller waits. */
	"hangs before",
	/** It happens a while later, and no answer comes. */
	"hangs, then happens",
	/** Somebody else writes the record first. */
	"race lost",
	/** It happens, the answer is lost, and the client's own second try meets the first one's effect. */
	"own conflict",
	/** Everybody else goes first, and time passes. */
	"slow",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The fault of one port call, by its number in the whole history. */
export type CallFault = Readonly<{ call: number; kind: FaultKind }>;

/** One run of one function, in a process of its own. */
export type Worker = {
	readonly name: string;
	alive: boolean;
	/** Of its clock, against the true time. */
	readonly skewMs: number;
	/** Its deadlines: they end with it. */
	readonly timers: Timer[];
};

type Call = {
	readonly number: number;
	readonly worker: Worker | undefined;
	readonly name: string;
	/** Nothing happens to it before. */
	notBeforeMs: number;
	run(): void;
};

type Timer = { readonly atMs: number; readonly seq: number; act(): void };

/** How a kind of call fails where nothing comes back; thrown unless this says what the port answers instead. */
export type Answers = Readonly<{
	unanswered?: ((why: string) => unknown) | undefined;
	/** Before this call somebody else writes what it is about to write. */
	raceLost?: (() => void) | undefined;
	/** What the port says after a second try that met the first one's effect. */
	ownConflict?: ((value: unknown) => unknown) | undefined;
}>;

/** For so long a request may be on its way after its sender has died or given up. */
const flightMs = 20_000;

export type WorldOptions = Readonly<{
	/** 0: first come, first served. Otherwise the seed of who comes next. */
	schedule: number;
	faults: readonly CallFault[];
	/** Seconds that workers' clocks are off, in turn. */
	skews: readonly number[];
	/** A line for each thing that happens. */
	trace?: ((line: string) => void) | undefined;
}>;

/** A clock that moves by leaps, and everything that waits for its turn. */
export type World = ReturnType<typeof newWorld>;

export function newWorld({ schedule, faults, skews, trace }: WorldOptions) {
	const draw = schedule === 0 ? undefined : numbersFrom(schedule);
	const faultOf = new Map(faults.map(({ call, kind }) => [call, kind]));
	const met = new Map<string, number>();
	const calls: Call[] = [];
	const timers: Timer[] = [];
	const callNames: string[] = [];
	let nowMs = morning.getTime();
	let seq = 0;
	let workers = 0;
	/** Whose timers are being made. */
	let starting: Worker | undefined;

	const note = (kind: string) => void met.set(kind, (met.get(kind) ?? 0) + 1);
	const say = (text: string) =>
		trace?.(`${((nowMs - morning.getTime()) / 1000).toFixed(1).padStart(8)} ${text}`);

	const at = (atMs: number, act: () => void): Timer => {
		const timer = { atMs: Math.max(atMs, nowMs), seq: ++seq, act };
		let low = 0;
		for (let high = timers.length; low < high; ) {
			const middle = (low + high) >> 1;
			if ((timers[middle]?.atMs ?? 0) <= timer.atMs) low = middle + 1;
			else high = middle;
		}
		timers.splice(low, 0, timer);
		starting?.timers.push(timer);
		return timer;
	};

	const cancel = (timer: Timer) => {
		const place = timers.indexOf(timer);
		if (place >= 0) timers.splice(place, 1);
	};

	const end = (worker: Worker) => {
		worker.alive = false;
		for (const timer of worker.timers) cancel(timer);
	};

	const kill = (worker: Worker, why: string) => {
		if (!worker.alive) return;
		end(worker);
		say(`${worker.name} ${why}`);
		for (let place = calls.length - 1; place >= 0; place--)
			if (calls[place]?.worker === worker) calls.splice(place, 1);
	};

	/** A port call of a worker: it waits until the scheduler lets it happen. */
	const call = async <Value>(
		worker: Worker,
		name: string,
		happen: () => Promise<Value>,
		signal: AbortSignal | undefined,
		answers: Answers = {},
	): Promise<Value> => {
		// The dead say nothing more.
		if (!worker.alive) return await new Promise<never>(() => undefined);
		const number = callNames.push(name) - 1;
		const kind = faultOf.get(number);
		return await new Promise<Value>((resolve, reject) => {
			let heard = false;
			const hear = (tell: () => void) => {
				if (heard || !worker.alive) return;
				heard = true;
				signal?.removeEventListener("abort", onAbort);
				tell();
			};
			const unanswered = (why: string) =>
				hear(() => {
					if (answers.unanswered === undefined) reject(lost(why));
					else resolve(answers.unanswered(why) as Value);
				});
			const onAbort = () => {
				const place = calls.indexOf(entry);
				if (place >= 0) calls.splice(place, 1);
				// It may be on its way.
				if (place >= 0 && draw?.(3) === 0) later();
				unanswered("AbortError");
			};
			const plainly = async () => {
				try {
					const value = await happen();
					hear(() => resolve(value));
				} catch (error) {
					hear(() => reject(error));
				}
			};
			const later = () =>
				void at(nowMs + (draw === undefined ? flightMs / 2 : draw(flightMs)), () =>
					calls.push({
						number,
						worker: undefined,
						name: `${name}, late`,
						notBeforeMs: 0,
						run: () => void quietly(happen),
					}),
				);
			const faulty: Record<FaultKind, () => Promise<void>> = {
				"dies before": async () => kill(worker, `dies before ${name}`),
				"dies in flight": async () => {
					kill(worker, `dies, its ${name} on the way`);
					later();
				},
				"dies after": async () => {
					await quietly(happen);
					kill(worker, `dies after ${name}`);
				},
				fails: async () => unanswered("ECONNREFUSED"),
				"answer lost": async () => {
					await quietly(happen);
					unanswered("ECONNRESET");
				},
				"hangs before": async () => undefined,
				"hangs, then happens": async () => later(),
				"race lost": async () => {
					answers.raceLost?.();
					await plainly();
				},
				"own conflict": async () => {
					const value = await quietly(happen);
					const { ownConflict } = answers;
					if (ownConflict === undefined) return unanswered("ECONNRESET");
					hear(() => {
						try {
							resolve(ownConflict(value) as Value);
						} catch (error) {
							reject(error);
						}
					});
				},
				slow: plainly,
			};
			const entry: Call = {
				number,
				worker,
				name,
				notBeforeMs: kind === "slow" ? nowMs + 5_000 : 0,
				run() {
					say(`${worker.name} ${name}${kind === undefined ? "" : ` [${kind}]`}`);
					if (kind !== undefined) note(kind);
					// It may take its time, as a ping does; whoever waits for it is told then.
					void (kind === undefined ? plainly() : faulty[kind]());
				},
			};
			if (kind === "slow") at(entry.notBeforeMs, () => undefined);
			if (signal?.aborted === true) return unanswered("AbortError");
			signal?.addEventListener("abort", onAbort);
			calls.push(entry);
		});
	};

	return {
		now: () => new Date(nowMs),
		nowMs: () => nowMs,
		/** A number from 0 to one less than `below`; always 0 where everything goes in its order. */
		draw: (below: number): number => draw?.(below) ?? 0,
		note,
		say,
		met: met as ReadonlyMap<string, number>,
		/** Every port call so far, by its number. */
		callNames: callNames as readonly string[],
		at,
		after: (ms: number, act: () => void) => at(nowMs + ms, act),
		cancel,
		call,
		kill,
		end,
		/** Runs what a worker does at first; the timers that it makes end with it. */
		begin<Result>(worker: Worker, run: () => Result): Result {
			starting = worker;
			try {
				return run();
			} finally {
				starting = undefined;
			}
		},
		/** A signal that ends at virtual time. */
		timeout(ms: number): AbortSignal {
			const controller = new AbortController();
			at(nowMs + ms, () =>
				controller.abort(new DOMException("The operation timed out.", "TimeoutError")),
			);
			return controller.signal;
		},
		/** As a worker waits: it resolves later, or rejects when the signal ends. */
		pause: async (worker: Worker, ms: number, signal: AbortSignal): Promise<void> =>
			await new Promise((resolve, reject) => {
				const end = (tell: () => void) => {
					cancel(timer);
					signal.removeEventListener("abort", onAbort);
					if (worker.alive) tell();
				};
				const onAbort = () => end(() => reject(signal.reason));
				const timer = at(nowMs + ms, () => end(resolve));
				if (signal.aborted) return onAbort();
				signal.addEventListener("abort", onAbort);
			}),
		newWorker(functionName: string): Worker {
			const skew = skews[workers % Math.max(1, skews.length)] ?? 0;
			if (skew !== 0) note("clock off");
			workers++;
			return { name: `${functionName}#${workers}`, alive: true, skewMs: skew * 1000, timers: [] };
		},
		/**
		 * Lets the next thing happen: a call, what else can be done now, or time.
		 *
		 * @param others what the world around could do at this moment.
		 * @returns false when nothing is left but time, and none of that.
		 */
		async step(others: readonly (() => void)[]): Promise<boolean> {
			const callable = calls.filter(({ notBeforeMs }) => notBeforeMs <= nowMs);
			const choice = choose(callable.length, others.length);
			const mine = callable[choice];
			if (mine !== undefined) {
				calls.splice(calls.indexOf(mine), 1);
				mine.run();
			} else if (choice >= 0) others[choice - callable.length]?.();
			else if (callable.length + others.length > 0) passTime(2_000);
			else if (timers.length === 0) return false;
			else passTime(undefined);
			// Everything that follows from it without asking anybody else: no clock has a part in this.
			await setImmediate();
			return true;
		},
	};

	/** The place of a call, or after all calls of something else; -1: time passes. */
	function choose(callable: number, others: number): number {
		if (draw === undefined) return callable + others > 0 ? 0 : -1;
		const chosen = draw(callable * 3 + others * 2 + 1);
		if (chosen < callable * 3) return Math.floor(chosen / 3);
		const other = Math.floor((chosen - callable * 3) / 2);
		return other < others ? callable + other : -1;
	}

	/** To the next timer, or a little, where others might have gone first. */
	function passTime(mostMs: number | undefined) {
		const next = timers[0];
		if (next !== undefined && (mostMs === undefined || next.atMs <= nowMs + mostMs)) {
			nowMs = Math.max(nowMs, next.atMs);
			// What is due at one moment happens at one moment: messages sent together can come together.
			for (let due = timers[0]; due !== undefined && due.atMs <= nowMs; due = timers[0]) {
				timers.shift();
				due.act();
			}
		} else if (mostMs !== undefined) nowMs += mostMs;
	}
}

const lost = (why: string): Error =>
	why === "AbortError"
		? new DOMException("This operation was aborted", "AbortError")
		: Object.assign(new Error(`connection lost: ${why}`), { code: why });

/** What became of it is nobody's to hear. */
const quietly = async (happen: () => Promise<unknown>): Promise<unknown> => {
	try {
		return await happen();
	} catch {
		return undefined;
	}
};
