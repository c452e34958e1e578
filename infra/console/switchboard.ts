import { randomUUID } from "node:crypto";
import { EventEmitter } from "node:events";
import { patternText } from "../cli/up/capacity-options.ts";
import type { BootTime } from "../local/cell/boot-time.ts";
import type { CapacityPattern } from "../local/ec2/capacity.ts";
import { userInitiated } from "../local/ec2/lifecycle.ts";
import type { SimulatedEc2 } from "../local/ec2/server.ts";
import type { Switchboard } from "./api.ts";

/** What of the simulated EC2 is switched. */
type Switched = Pick<
	SimulatedEc2,
	"takeCapacity" | "setThrottling" | "setBootTime" | "setFaultOf" | "warnSpot" | "endAs"
>;

/** How it was started. */
export type Switches = Readonly<{ throttling: number | false; bootTime: BootTime }>;

/** A pod's machine, for the log. */
type Victim = Readonly<{ instanceId: string; pod: string }>;

const mostSaid = 50;

/** The switches of a simulated EC2, which knows them, and what has been done with them. */
export function switchboard(ec2: Switched, started: Switches, nowMs: () => number) {
	const events = new EventEmitter<{ changed: [] }>();
	const taken = new Map<string, Readonly<{ pattern: string; giveBack: () => void }>>();
	const timers = new Set<NodeJS.Timeout>();
	let { throttling, bootTime } = started;
	let neverBoots = false;
	let log: Switchboard["log"] = [];

	const say = (text: string): void => {
		log = [{ atMs: nowMs(), text }, ...log].slice(0, mostSaid);
		events.emit("changed");
	};
	const giveCapacityBack = (id: string): boolean => {
		const loss = taken.get(id);
		if (loss === undefined) return false;
		taken.delete(id);
		loss.giveBack();
		say(`there is capacity for ${loss.pattern} again`);
		return true;
	};

	return {
		/** A switch has been moved, or something else was done. */
		events,
		state: (): Switchboard => ({
			withoutCapacity: Array.from(taken, ([id, { pattern }]) => ({ id, pattern })),
			throttling,
			bootSeconds: bootTime.medianMs / 1000,
			neverBoots,
			log,
		}),
		/** For the log alone. */
		say,
		/** @param returnsAfterMs absent: until it is given back. */
		takeCapacity(pattern: CapacityPattern, returnsAfterMs?: number): void {
			const id = randomUUID();
			const text = patternText(pattern);
			taken.set(id, { pattern: text, giveBack: ec2.takeCapacity(pattern) });
			if (returnsAfterMs !== undefined)
				timers.add(setTimeout(() => giveCapacityBack(id), returnsAfterMs));
			say(`there is no capacity for ${text}`);
		},
		/** @returns false: nothing is taken under this id. */
		giveCapacityBack,
		setThrottling(factor: number | false): void {
			throttling = factor;
			ec2.setThrottling(factor);
			say(
				factor === false ? "requests aren't throttled" : `request rates are ${factor} times EC2's`,
			);
		},
		/** The median; what was launched before isn't touched. */
		setBootSeconds(seconds: number): void {
			bootTime = { ...bootTime, medianMs: seconds * 1000 };
			ec2.setBootTime(bootTime);
			say(`new cells boot in about ${seconds} s`);
		},
		setNeverBoots(never: boolean): void {
			neverBoots = never;
			ec2.setFaultOf(() => (never ? "never-boots" : "none"));
			say(never ? "new cells never boot" : "new cells boot");
		},
		/** @throws RangeError when there is no such instance, or it isn't a spot one. */
		interrupt({ instanceId, pod }: Victim, warningSeconds: number): void {
			ec2.warnSpot(instanceId, warningSeconds * 1000);
			say(`${pod}: ${instanceId} is interrupted in ${warningSeconds} s`);
		},
		/** @throws RangeError when there is no such instance. */
		end({ instanceId, pod }: Victim): void {
			ec2.endAs(instanceId, userInitiated);
			say(`${pod}: somebody has ended ${instanceId}`);
		},
		/** What was to be given back later never is. */
		stop(): void {
			for (const timer of timers) clearTimeout(timer);
		},
	};
}

export type SwitchableEc2 = ReturnType<typeof switchboard>;
