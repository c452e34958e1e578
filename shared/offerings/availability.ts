import type { Refusal } from "../cells/model.ts";
import type { Offering } from "./model.ts";

/** What EC2's refusals rule out at one moment. */
export type SetAside = Readonly<{
	offering(offering: Offering): boolean;
	subnet(subnetId: string): boolean;
}>;

/**
 * What these refusals still rule out now, each for its own time and of its own breadth: capacity an
 * offering, addresses a subnet, a quota all spot or the class of the type.
 *
 * @param seconds for how long a refusal of each reason counts, see `instances/refusals.ts`.
 */
export const setAsideBy = (
	refusals: readonly Refusal[],
	seconds: Readonly<Record<Refusal["reason"], number>>,
	now: Date,
): SetAside => {
	const standing = refusals.filter(
		({ reason, at }) => now.getTime() < new Date(at).getTime() + seconds[reason] * 1000,
	);
	return {
		offering: (offering) => standing.some((refusal) => rulesOut(refusal, offering)),
		subnet: (subnetId) =>
			standing.some(
				(refusal) => refusal.reason === "no-addresses" && refusal.subnetId === subnetId,
			),
	};
};

const rulesOut = (refusal: Refusal, offering: Offering): boolean => {
	if (refusal.reason === "no-addresses") return false;
	if (refusal.capacityType !== offering.capacityType) return false;
	if (refusal.reason === "quota")
		return (
			offering.capacityType === "spot" ||
			quotaClassOf(refusal.instanceType) === quotaClassOf(offering.instanceType)
		);
	return refusal.instanceType === offering.instanceType && refusal.zoneId === offering.zoneId;
};

/**
 * The class whose vCPU quota a type counts towards: `standard` for A, C, D, H, I, M, R, T and Z, else the
 * family's letters (`g`, `p`, `inf`, …).
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html
 */
const quotaClassOf = (instanceType: string): string => {
	const letters = /^[a-z]+/.exec(instanceType)?.[0] ?? instanceType;
	return /^(a|c|d|h|i|im|is|m|r|t|z)$/.test(letters) ? "standard" : letters;
};
