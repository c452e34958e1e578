import type { Decision, Offering, Subnet } from "../offerings/model.ts";
import { type SetAsideEntry, setAsideAt } from "../offerings/set-aside.ts";

/** Where an offering is: what tells it from others. */
type Place = Pick<Offering, "instanceType" | "zoneId" | "capacityType">;

/** Why an offering can't be planned now. */
type Why = Readonly<{
	/** For people, at the end of a sentence about the offering. */
	text: string;
	/** When it is tried again; absent: when addresses are free again, whenever that is. */
	until?: Date;
}>;

/** What can't be planned at one moment. */
type Closed = Readonly<{
	why(place: Place): Why | undefined;
	/** The roomiest subnet of a zone; none where all are full. */
	openSubnet(zoneId: string): Subnet | undefined;
	zoneName(zoneId: string): string;
}>;

/** A cell takes two addresses of its subnet. */
const addressesPerCell = 2;

/** What EC2's refusals and full subnets close now. */
export const closedFor = (
	subnets: readonly Subnet[],
	refused: readonly SetAsideEntry[],
	now: Date,
): Closed => {
	const setAside = setAsideAt(refused, now);
	const open = subnets
		.filter(
			({ subnetId, freeAddresses }) =>
				freeAddresses >= addressesPerCell && setAside.subnet(subnetId) === undefined,
		)
		.toSorted(roomiestFirst);
	const openSubnet = (zoneId: string) => open.find((subnet) => subnet.zoneId === zoneId);
	const full = (zoneId: string): Why => {
		const [entry] = subnets
			.filter((subnet) => subnet.zoneId === zoneId)
			.flatMap(({ subnetId }) => setAside.subnet(subnetId) ?? []);
		return entry === undefined
			? { text: "no subnet of this zone has two free addresses left" }
			: setAsideUntil(entry);
	};
	return {
		why(place) {
			const entry = setAside.offering(place);
			if (entry !== undefined) return setAsideUntil(entry);
			return openSubnet(place.zoneId) === undefined ? full(place.zoneId) : undefined;
		},
		openSubnet,
		zoneName: (zoneId) => subnets.find((subnet) => subnet.zoneId === zoneId)?.zone ?? zoneId,
	};
};

const setAsideUntil = ({ code, until }: SetAsideEntry): Why => ({
	text: `set aside until ${until} (${code})`,
	until: new Date(until),
});

const roomiestFirst = (a: Subnet, b: Subnet): number =>
	b.freeAddresses - a.freeAddresses || (a.subnetId < b.subnetId ? -1 : 1);

/** The decision with what was refused and until when, where it only knows that something was. */
export const withTimes = (decision: Decision, closed: Closed): Decision =>
	closedCount(decision) === 0
		? decision
		: {
				...decision,
				candidates: decision.candidates.map((candidate) => {
					const why = closed.why(candidate);
					return why === undefined ? candidate : { ...candidate, verdict: why.text };
				}),
			};

/** In plain words, the cheapest first: what would fit, and when it is tried again. */
export const noCapacity = (
	decision: Decision,
	closed: Closed,
): Readonly<{ reason: string; message: string; until?: Date }> => {
	const refused = decision.candidates.flatMap((place) => {
		const why = closed.why(place);
		return why === undefined ? [] : [{ place, why }];
	});
	const times = refused.flatMap(({ why }) => why.until?.getTime() ?? []);
	if (times.length === 0)
		return {
			reason: "NoCapacity",
			message:
				"no subnet whose zone sells what fits has two free addresses left; add subnets to provider.yaml",
		};
	const texts = refused.map(
		({ place: { instanceType, capacityType, zoneId }, why }) =>
			`${instanceType} ${capacityType} in ${closed.zoneName(zoneId)}: ${why.text}`,
	);
	const more = closedCount(decision) - texts.length;
	return {
		reason: "NoCapacity",
		message: `EC2 refused everything that fits: ${texts.join("; ")}${more > 0 ? `; and ${more} more` : ""}`,
		until: new Date(Math.min(...times)),
	};
};

/** Fitting offerings that are closed. Without any, a decision's candidates are near misses. */
const closedCount = ({ removed }: Decision): number =>
	removed.find(({ rule }) => rule === "set-aside")?.count ?? 0;
