import { type Fault, invalid } from "../../../shared/errors.ts";
import type { Switches } from "../../console/switchboard.ts";
import type { BootTime } from "../../local/cell/boot-time.ts";
import type { StackOptions } from "../../local/stack.ts";
import { secondsFrom } from "../option-values.ts";
import { type CapacityOptions, capacityFrom } from "./capacity-options.ts";
import { type MisfortuneOptions, misfortunesFrom } from "./misfortune-options.ts";

/** What `up` is told, as it was typed. */
export type UpOptions = Readonly<{
	once: boolean;
	provider: string;
	pods: string;
	bootSeconds: string;
	bootTimeoutSeconds?: string;
	throttling?: string;
	/** False: no page is served. */
	console: boolean;
	consolePort?: string;
}> &
	CapacityOptions &
	MisfortuneOptions;

/** @throws ProvisionerError `invalid` `InvalidOption` with every fault. */
export function upSettingsFrom(options: UpOptions) {
	const faults: Fault[] = [];
	const { capacitySetAsideSeconds, ...capacity } = capacityFrom(options, faults);
	const bootTimeoutSeconds = secondsFrom(
		"--boot-timeout-seconds",
		options.bootTimeoutSeconds,
		faults,
	);
	const switches: Switches = {
		bootTime: bootTimeFrom(options.bootSeconds, faults),
		throttling: throttlingFrom(options.throttling, faults),
	};
	const misfortunes = misfortunesFrom(options, faults);
	const consolePort = consolePortFrom(options.consolePort, faults);
	if (faults.length > 0) throw invalid("InvalidOption", faults);
	const stack: StackOptions = {
		providerFile: options.provider,
		ec2: switches,
		...(bootTimeoutSeconds === undefined ? {} : { bootTimeoutSeconds }),
		...(capacitySetAsideSeconds === undefined ? {} : { capacitySetAsideSeconds }),
	};
	return { stack, switches, capacity, misfortunes, consolePort };
}

/** 0: one that the system chooses. */
function consolePortFrom(text = "0", faults: Fault[]): number {
	if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
	const problem = "must be a port from 1 to 65535, or 0 for one that the system chooses";
	faults.push({ path: "--console-port", value: text, problem });
	return 0;
}

/** A factor; 1 is EC2's own pace. */
function throttlingFrom(text = "1", faults: Fault[]): number {
	if (/^\d{1,3}(\.\d{1,2})?$/.test(text) && Number(text) > 0) return Number(text);
	const problem = "must be a number above 0, such as 0.5: EC2's request rates times this";
	faults.push({ path: "--throttling", value: text, problem });
	return 1;
}

/** `3` or `3:0.5`: the median in seconds, and how far boot times spread around it. */
function bootTimeFrom(text: string, faults: Fault[]): BootTime {
	const match = /^(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?$/.exec(text);
	if (match === null) {
		const problem = "must be seconds, or seconds:spread as in 3:0.5";
		faults.push({ path: "--boot-seconds", value: text, problem });
		return { medianMs: 0, spread: 0 };
	}
	return { medianMs: Number(match[1]) * 1000, spread: Number(match[2] ?? "0.25") };
}
