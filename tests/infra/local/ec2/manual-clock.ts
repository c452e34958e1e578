import type { Clock } from "../../../../infra/local/ec2/clock.ts";

/** A clock that stands still until it is told to go on. */
export type ManualClock = Clock & Readonly<{ advance(ms: number): void; pending(): number }>;

export function manualClock(startMs = Date.parse("2026-11-23T09:00:00Z")): ManualClock {
	let nowMs = startMs;
	const appointments = new Set<{ atMs: number; act: () => void }>();
	const next = () => [...appointments].toSorted((a, b) => a.atMs - b.atMs)[0];
	return {
		nowMs: () => nowMs,
		after(delayMs, act) {
			const appointment = { atMs: nowMs + delayMs, act };
			appointments.add(appointment);
			return () => appointments.delete(appointment);
		},
		advance(ms) {
			const end = nowMs + ms;
			for (let due = next(); due !== undefined && due.atMs <= end; due = next()) {
				appointments.delete(due);
				nowMs = due.atMs;
				due.act();
			}
			nowMs = end;
		},
		pending: () => appointments.size,
	};
}
