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

/** @throws ProvisionerError `invalid` `InvalidOption` with the faults of an option. */
export function upSettingsFrom(options: UpOptions) {
	const { capacitySetAsideSeconds, ...capacity } = capacityFrom(options);
	const bootTimeoutSeconds = bootTimeoutFrom(options.bootTimeoutSeconds);
	const switches: Switches = {
		bootTime: bootTimeFrom(options.bootSeconds),
		throttling: throttlingFrom(options.throttling) ?? 1,
	};
	const stack: StackOptions = {
		providerFile: options.provider,
		ec2: switches,
		...(bootTimeoutSeconds === undefined ? {} : { bootTimeoutSeconds }),
		...(capacitySetAsideSeconds === undefined ? {} : { capacitySetAsideSeconds }),
	};
	return {
		stack,
		switches,
		capacity,
		misfortunes: misfortunesFrom(options),
		consolePort: consolePortFrom(options.consolePort),
	};
}

function bootTimeoutFrom(text: string | undefined): number | undefined {
	const faults: Fault[] = [];
	const seconds = secondsFrom("--boot-timeout-seconds", text, faults);
	if (faults.length > 0) throw invalid("InvalidOption", faults);
	return seconds;
}

/** 0: one that the system chooses. */
function consolePortFrom(text: string | undefined): number {
	if (text === undefined) return 0;
	if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
	const problem = "must be a port from 1 to 65535, or 0 for one that the system chooses";
	throw invalid("InvalidOption", [{ path: "--console-port", value: text, problem }]);
}

function throttlingFrom(text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	if (/^\d{1,3}(\.\d{1,2})?$/.test(text) && Number(text) > 0) return Number(text);
	const problem = "must be a number above 0, such as 0.5: EC2's request rates times this";
	throw invalid("InvalidOption", [{ path: "--throttling", value: text, problem }]);
}

/** `3` or `3:0.5`: the median in seconds, and how far boot times spread around it. */
function bootTimeFrom(text: string): BootTime {
	const match = /^(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?$/.exec(text);
	if (match === null)
		throw invalid("InvalidOption", [
			{
				path: "--boot-seconds",
				value: text,
				problem: "must be seconds, or seconds:spread as in 3:0.5",
			},
		]);
	return { medianMs: Number(match[1]) * 1000, spread: Number(match[2] ?? "0.25") };
}
