import { setImmediate } from "node:timers/promises";

/** A clock that leaps from one appointment to the next. */
export type VirtualClock = Readonly<{
	nowMs(): number;
	/** Resolves so much later. */
	pass(ms: number): Promise<void>;
	at(atMs: number, act: () => void): void;
	/** Runs until nothing is left to come, or time is over. */
	run(untilMs: number): Promise<void>;
}>;

type Appointment = Readonly<{ atMs: number; place: number; act: () => void }>;

export function virtualClock(): VirtualClock {
	const heap: Appointment[] = [];
	let nowMs = 0;
	let places = 0;
	const at = (atMs: number, act: () => void): void => {
		push(heap, { atMs: Math.max(atMs, nowMs), place: places++, act });
	};
	return {
		nowMs: () => nowMs,
		at,
		pass: (ms) => new Promise((resolve) => at(nowMs + ms, resolve)),
		async run(untilMs) {
			for (;;) {
				// Whatever follows from the last appointment without waiting has happened then.
				await setImmediate();
				const next = heap[0];
				if (next === undefined || next.atMs > untilMs) return;
				pop(heap);
				nowMs = next.atMs;
				next.act();
			}
		},
	};
}

// Sooner first, then first come first served.
const isBefore = (a: Appointment, b: Appointment): boolean =>
	a.atMs < b.atMs || (a.atMs === b.atMs && a.place < b.place);

function push(heap: Appointment[], item: Appointment): void {
	let child = heap.push(item) - 1;
	while (child > 0) {
		const parent = (child - 1) >> 1;
		const above = heap[parent];
		if (above === undefined || !isBefore(item, above)) break;
		heap[child] = above;
		child = parent;
	}
	heap[child] = item;
}

function pop(heap: Appointment[]): void {
	const item = heap.pop();
	if (item === undefined || heap.length === 0) return;
	let parent = 0;
	for (;;) {
		const [left, right] = [heap[2 * parent + 1], heap[2 * parent + 2]];
		const isRight = left !== undefined && right !== undefined && isBefore(right, left);
		const child = isRight ? right : left;
		if (child === undefined || !isBefore(child, item)) break;
		heap[parent] = child;
		parent = 2 * parent + (isRight ? 2 : 1);
	}
	heap[parent] = item;
}
