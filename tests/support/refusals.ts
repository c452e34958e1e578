import { Refusal } from "../../shared/cells/model.ts";
import { morning } from "./cells.ts";

/** One "no" of EC2; parses what it builds. */
export const aRefusal = (over: Partial<Refusal> = {}): Refusal =>
	Refusal.parse({
		attempt: 1,
		instanceType: "t3a.small",
		zoneId: "use1-az1",
		zone: "us-east-1a",
		subnetId: "subnet-a",
		capacityType: "on-demand",
		reason: "no-capacity",
		code: "InsufficientInstanceCapacity",
		message: "EC2's words",
		at: morning.toISOString(),
		...over,
	});
