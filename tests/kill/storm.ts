import type { SimulatedEc2 } from "../../infra/local/ec2/server.ts";
import type { Stack } from "../../infra/local/stack.ts";
import type { Random } from "./random.ts";

type Functions = Stack["functions"];
type FunctionName = keyof Functions;

/** Mostly launch, which has the most to lose. */
const victims: readonly FunctionName[] = [
	"launch",
	"launch",
	"launch",
	"readiness",
	"reconcile",
	"terminate",
	"interruptions",
];

/**
 * Kills function processes (SIGKILL), at random moments and at the worst ones: while EC2's answer to a launch is
 * on its way, and just after a record was written.
 */
export function killer(functions: Functions, random: Random) {
	const killed = new Map<FunctionName, number>();
	let isOn = true;
	// A machine that is too busy to get anything done between two kills would prove nothing.
	let hasChanged = false;
	const kill = (name: FunctionName): void => {
		if (isOn && functions[name].kill()) killed.set(name, (killed.get(name) ?? 0) + 1);
	};
	let timer: NodeJS.Timeout;
	const next = (): void => {
		timer = setTimeout(
			() => {
				if (hasChanged) kill(random.oneOf(victims));
				hasChanged = false;
				next();
			},
			random.between(500, 2_500),
		);
	};
	next();
	return {
		killed: killed as ReadonlyMap<FunctionName, number>,
		count: () => [...killed.values()].reduce((sum, each) => sum + each, 0),
		onLaunchAnswered(): void {
			if (random.chance(0.3)) kill("launch");
		},
		onRecord(): void {
			hasChanged = true;
			if (random.chance(0.01)) kill(random.oneOf(victims));
		},
		stop(): void {
			isOn = false;
			clearTimeout(timer);
		},
	};
}

/** Capacity that comes and goes, launches that die pending, and instances that can't be found for a while. */
export function weather(ec2: SimulatedEc2, random: Random) {
	const lulls = new Set<() => void>();
	let timer: NodeJS.Timeout;
	const blow = (): void => {
		const instanceType = random.oneOf(["t3a.*", "t3.*", "t4g.*", "t2.*", "t*", "*"]);
		const clear = random.chance(0.8)
			? ec2.takeCapacity({ instanceType, ...(random.chance(0.3) ? { left: 2 } : {}) })
			: ec2.failPending({ instanceType });
		ec2.forgetNew(random.oneOf([0, 200, 2_000]));
		lulls.add(clear);
		setTimeout(
			() => {
				clear();
				lulls.delete(clear);
			},
			random.between(500, 4_000),
		).unref();
	};
	const next = (): void => {
		timer = setTimeout(
			() => {
				blow();
				next();
			},
			random.between(1_000, 4_000),
		);
	};
	next();
	return {
		stop(): void {
			clearTimeout(timer);
			for (const clear of lulls) clear();
			ec2.forgetNew(200);
		},
	};
}
