import * as z from "zod";
import type { Refusal } from "../cells/model.ts";
import { CapacityType, type Subnet } from "./model.ts";
import { zonesWithCapacity } from "./zone-hint.ts";

/** What nobody needs to ask EC2 for meanwhile. */
export const RuledOut = z.discriminatedUnion("what", [
	z.object({
		what: z.literal("offering"),
		instanceType: z.string(),
		zoneId: z.string(),
		capacityType: CapacityType,
	}),
	z.object({ what: z.literal("subnet"), subnetId: z.string() }),
	/** On demand: all types whose vCPUs count towards one quota. */
	z.object({ what: z.literal("class"), quotaClass: z.string() }),
	z.object({ what: z.literal("market"), capacityType: CapacityType }),
]);
export type RuledOut = Readonly<z.infer<typeof RuledOut>>;

type Zones = readonly Pick<Subnet, "zone" | "zoneId">[];
type Ruling = (refusal: Refusal, zones: Zones) => readonly RuledOut[];

/** @param zones those of our subnets, by the names that EC2 gives them in its answers. */
export const ruledOutBy = (refusal: Refusal, zones: Zones): readonly RuledOut[] =>
	rulings[refusal.reason](refusal, zones);

const nothing: Ruling = () => [];

/** The type in the zone; and in all other zones, where EC2's answer names those that have it. */
const offerings: Ruling = ({ instanceType, zoneId, capacityType, message }, zones) => {
	const named = zonesWithCapacity(message);
	const without = named === undefined ? [] : zones.filter(({ zone }) => !named.includes(zone));
	const zoneIds = new Set([zoneId, ...without.map((each) => each.zoneId)]);
	return [...zoneIds].map((each) => ({
		what: "offering",
		instanceType,
		zoneId: each,
		capacityType,
	}));
};

const quota: Ruling = ({ capacityType, instanceType }) =>
	capacityType === "spot"
		? [{ what: "market", capacityType }]
		: [{ what: "class", quotaClass: quotaClassOf(instanceType) }];

/** A new reason doesn't compile until somebody decides. */
const rulings = {
	"no-capacity": offerings,
	"not-sold-here": offerings,
	"no-addresses": ({ subnetId }) => [{ what: "subnet", subnetId }],
	quota,
	"no-spot": () => [{ what: "market", capacityType: "spot" }],
	throttled: nothing,
	transient: nothing,
	"token-spent": nothing,
	"no-image": nothing,
	forbidden: nothing,
	"tokens-enforced": nothing,
	"bad-request": nothing,
} as const satisfies Record<Refusal["reason"], Ruling>;

/** One word for what is ruled out, the same for the same. */
export const ruledOutKey = (ruledOut: RuledOut): string => {
	switch (ruledOut.what) {
		case "offering":
			return `offering|${ruledOut.instanceType}|${ruledOut.zoneId}|${ruledOut.capacityType}`;
		case "subnet":
			return `subnet|${ruledOut.subnetId}`;
		case "class":
			return `class|${ruledOut.quotaClass}`;
		case "market":
			return `market|${ruledOut.capacityType}`;
	}
};

/**
 * The class whose vCPU quota a type on demand counts towards: `standard` for A, C, D, H, I, M, R, T and Z,
 * `g` for G and VT, else the family's letters (`p`, `inf`, …).
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html
 */
export const quotaClassOf = (instanceType: string): string => {
	const letters = /^[a-z]+/.exec(instanceType)?.[0] ?? instanceType;
	if (/^(a|c|d|h|i|im|is|m|r|t|z)$/.test(letters)) return "standard";
	return /^(g|gr|vt)$/.test(letters) ? "g" : letters;
};
