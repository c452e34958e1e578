import type { Fault } from "../../../shared/errors.ts";
import type { CapacityPattern } from "../../local/ec2/capacity.ts";
import { secondsFrom } from "../option-values.ts";

/** What `up` is told about the simulated EC2's capacity, as it was typed. */
export type CapacityOptions = Readonly<{
	withoutCapacity: readonly string[];
	capacityReturnsAfter?: string;
	setAsideSeconds?: string;
}>;

/** What of it the stack needs. */
type Capacity = Readonly<{
	withoutCapacity: readonly CapacityPattern[];
	capacityReturnsAfterMs?: number;
	capacitySetAsideSeconds?: number;
}>;

/** @param faults for what is wrong. */
export function capacityFrom(options: CapacityOptions, faults: Fault[]): Capacity {
	const { withoutCapacity, capacityReturnsAfter, setAsideSeconds } = options;
	const patterns = withoutCapacity.flatMap(
		(text) => capacityPatternFrom("--without-capacity", text, faults) ?? [],
	);
	const returnsAfter = secondsFrom("--capacity-returns-after", capacityReturnsAfter, faults);
	const setAside = secondsFrom("--set-aside-seconds", setAsideSeconds, faults);
	return {
		withoutCapacity: patterns,
		...(returnsAfter === undefined ? {} : { capacityReturnsAfterMs: returnsAfter * 1000 }),
		...(setAside === undefined ? {} : { capacitySetAsideSeconds: setAside }),
	};
}

const form =
	/^(?<instanceType>[a-z0-9*?.-]+)(?:@(?<zone>[a-z0-9*?-]+))?(?:\/(?<market>spot|on-demand))?$/;

/** Offerings as they are typed; undefined, and a fault, for what names none. */
export function capacityPatternFrom(
	path: string,
	text: string,
	faults: Fault[],
): CapacityPattern | undefined {
	const { instanceType, zone, market } = form.exec(text)?.groups ?? {};
	if (instanceType === undefined) {
		faults.push({
			path,
			value: text,
			problem:
				"must be a type, a zone after @ and a market after / if only these are meant, as in t3a.small, c7*@us-east-1a or m5.large/spot",
		});
		return undefined;
	}
	return {
		instanceType,
		...(zone === undefined ? {} : { zone }),
		...(market === "spot" || market === "on-demand" ? { market } : {}),
	};
}

/** The same as it is typed. */
export const patternText = ({ instanceType = "*", zone, market }: CapacityPattern): string =>
	`${instanceType}${zone === undefined ? "" : `@${zone}`}${market === undefined ? "" : `/${market}`}`;
