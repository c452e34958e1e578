import type { Snapshot } from "./snapshot.ts";

type Rates = Snapshot["burstable"][string];

/**
 * What no API tells of burstable types: the share of a vCPU that each size earns in credits, for the whole
 * machine, and what unlimited mode costs above it, Linux.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html
 * @see https://aws.amazon.com/ec2/pricing/on-demand/#T2.2FT3.2FT4g_Unlimited_Mode_Pricing
 */
const sinceT3 = { nano: 100, micro: 200, small: 400, medium: 400, large: 600, xlarge: 1_600 };
const baselineMillis: Readonly<Record<string, Readonly<Record<string, number>>>> = {
	t2: {
		...{ nano: 50, micro: 100, small: 200, medium: 400, large: 600, xlarge: 900 },
		"2xlarge": 1_360,
	},
	t3: { ...sinceT3, "2xlarge": 3_200 },
	t3a: { ...sinceT3, "2xlarge": 3_200 },
	t4g: { ...sinceT3, "2xlarge": 3_200 },
};
const surchargeUsdPerVcpuHour: Readonly<Record<string, number>> = {
	t2: 0.05,
	t3: 0.05,
	t3a: 0.05,
	t4g: 0.04,
};

/** @returns undefined for a type that is newer than this table: a guess would be a wrong price. */
export function burstableRates(instanceType: string): Rates | undefined {
	const [family = "", size = ""] = instanceType.split(".");
	const baseline = baselineMillis[family]?.[size];
	const surcharge = surchargeUsdPerVcpuHour[family];
	if (baseline === undefined || surcharge === undefined) return undefined;
	return { baselineMillis: baseline, surchargeUsdPerVcpuHour: surcharge };
}
