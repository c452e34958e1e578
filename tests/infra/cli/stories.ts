import type { Cell, CellIn, Evidence } from "../../../shared/cells/model.ts";
import { cellNameOf } from "../../../shared/cells/naming.ts";
import {
	again,
	booting,
	failed,
	launching,
	left,
	noticed,
	queued,
	ready,
	refused,
	scheduled,
	waiting,
} from "../../../shared/cells/transitions.ts";
import type { CapacityType } from "../../../shared/offerings/model.ts";
import {
	aDecision,
	anInstance,
	aPlan,
	aRefusal,
	aRequest,
	morning,
	secondsLater,
} from "../../support/cells.ts";

const uid = "c0ffee00-2b1a-4c7e-9a51-0f6e1d2c3b4a";

const accepted = (): CellIn<"Scheduled"> =>
	scheduled(
		{ uid, namespace: "shop", name: "report" },
		cellNameOf(uid),
		aRequest(),
		morning,
		secondsLater(-1),
	);

const offering = (hourlyUsd: number, capacityType: CapacityType = "spot") => ({
	...aPlan().offering,
	hourlyUsd,
	capacityType,
});

/** The next attempt up to EC2's yes, begun so many seconds after the morning. */
function launchedAt(seconds: number, cell: CellIn<"Scheduled">): CellIn<"Booting"> {
	const attempt = cell.attempt + 1;
	const plan = aPlan({ attempt, offering: offering(0.0071), clientToken: `token-${attempt}` });
	const { instanceType, zoneId, hourlyUsd } = plan.offering;
	const decision = aDecision({
		summary: `${instanceType} in ${zoneId}, spot, at ${hourlyUsd} USD/h is the cheapest of 212 offerings that fit.`,
	});
	const planned = launching(cell, plan, decision, "worker", secondsLater(seconds));
	const instance = anInstance({
		instanceId: `i-0123456789abcdef${attempt}`,
		address: `10.0.16.${3 + attempt}`,
	});
	return booting(planned, instance, secondsLater(seconds + 1));
}

const giveUpAfter = (seconds: number) => secondsLater(seconds + 900);

const interrupted: Evidence = {
	at: secondsLater(4_021).toISOString(),
	state: "shutting-down",
	stateReason: "Server.SpotInstanceTermination: Spot instance termination",
	missing: ["the console: EC2 has nothing of it"],
};

const neverBooted: Evidence = {
	at: secondsLater(5_226).toISOString(),
	state: "running",
	console: [
		"[    0.000000] Linux version 5.15.0",
		"[    4.018231] cloud-init[812]: Cloud-init v. 22.1 running 'init'",
		"[   31.407702] cloud-init[812]: url_helper.py[WARNING]: Calling 'http://169.254.169.254/' failed\u001b[31m",
	].join("\n"),
	missing: [],
};

/** Refused, launched, interrupted with a warning, launched again and never heard of, and ready at last. */
export function muchTried(): CellIn<"Ready"> {
	const first = launching(
		accepted(),
		aPlan({ offering: offering(0.0069) }),
		aDecision(),
		"worker",
		secondsLater(0.2),
	);
	const refusal = aRefusal({
		capacityType: "spot",
		code: "InsufficientInstanceCapacity",
		message: "There is no Spot capacity available that matches your request.",
		at: secondsLater(0.9).toISOString(),
	});
	const why = { reason: refusal.code, message: refusal.message };
	const turned = waiting(refused(first, refusal), why, secondsLater(0.9));
	const running = ready(launchedAt(1, turned), secondsLater(64), secondsLater(65));
	const warned = noticed(
		running,
		{
			reason: "SpotInterruption",
			message: "EC2 takes the spot instance back",
			at: secondsLater(3_900).toISOString(),
			deadline: secondsLater(4_020).toISOString(),
		},
		secondsLater(3_900),
	);
	const lost = { reason: "SpotInterrupted", message: "EC2 has taken the spot instance back" };
	const second = left(again(warned, lost, giveUpAfter(4_020), secondsLater(4_020)), interrupted);
	const silent = { reason: "BootTimeout", message: "no answer: connection refused" };
	const third = left(
		again(launchedAt(4_023, second), silent, giveUpAfter(5_225), secondsLater(5_225)),
		neverBooted,
	);
	return ready(launchedAt(5_228, third), secondsLater(5_290), secondsLater(5_291));
}

/** Lost its instance, which is still to be ended. */
export const leavingOne = (): CellIn<"Scheduled"> => {
	const lost = { reason: "InstanceStopped", message: "somebody has stopped it" };
	const running = ready(launchedAt(0, accepted()), secondsLater(60), secondsLater(61));
	return again(running, lost, giveUpAfter(100), secondsLater(100));
};

/** Waits for its turn at EC2. */
export const inTheQueue = (): CellIn<"Scheduled"> =>
	queued(accepted(), secondsLater(40), secondsLater(940), morning);

/** Lost its only instance for good. */
export function finished(): Cell {
	const running = ready(launchedAt(0, accepted()), secondsLater(60), secondsLater(61));
	const why = { reason: "InstanceTerminated", message: "somebody ended it; no other cell" };
	return failed(running, why, secondsLater(100));
}
