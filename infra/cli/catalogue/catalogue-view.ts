import { memoryText } from "../../../shared/offerings/amounts.ts";
import { bodyColumns, section } from "../explain/explain-view.ts";
import { aligned, outputColumns, wrapped } from "../screen/text-layout.ts";
import type { OfferedType } from "./offered-type.ts";

/** What is sold, and where the figures come from. */
export type CatalogueShown = Readonly<{
	region: string;
	/** For people: whose figures these are, and how old. */
	from: string;
	/** Who gathered the prices on demand, and from where. */
	onDemandFrom: string;
	spotFrom: string;
	/** That match, of which `types` may be the first. */
	matching: number;
	known: number;
	types: readonly OfferedType[];
}>;

const heads = [
	"TYPE",
	"ARCHITECTURE",
	"VCPU",
	"MEMORY",
	"ON DEMAND",
	"SPOT",
	"IN ZONE",
	"ZONES",
	"DEVICES",
];

/** The types as a table, prices in USD an hour, below where they come from. */
export function catalogueLines(shown: CatalogueShown): readonly string[] {
	const { region, from, onDemandFrom, spotFrom, matching, known, types } = shown;
	return [
		...section("region", [region]),
		...section("catalogue", wrapped(from, bodyColumns)),
		...section("on demand", wrapped(onDemandFrom, bodyColumns)),
		...section("spot", wrapped(spotFrom, bodyColumns)),
		"",
		...(types.length === 0
			? []
			: [...aligned([heads, ...types.map(rowOf)], outputColumns, [2, 3, 4, 5, 7]).flat(), ""]),
		`${types.length} of ${matching} types that match, of ${known} that are known${
			types.length < matching ? "; --limit 0 shows all" : ""
		}. Prices in USD an hour. *: CPU credits apply.`,
	];
}

const rowOf = (type: OfferedType): readonly string[] => [
	type.instanceType,
	type.architecture,
	`${type.vcpus}${type.burstable ? "*" : ""}`,
	memoryText(type.memoryMib),
	type.onDemandHourlyUsd.toFixed(4),
	spotText(type),
	type.spotZoneId ?? "",
	type.zoneIds === undefined ? "?" : String(type.zoneIds.length),
	devicesText(type),
];

const spotText = ({ spot, spotHourlyUsd }: OfferedType): string =>
	!spot ? "not sold" : spotHourlyUsd === undefined ? "unknown" : spotHourlyUsd.toFixed(4);

function devicesText({ devices }: OfferedType): string {
	if (devices === undefined) return "";
	const { count, slices, name } = devices;
	return count > 0 ? `${count} ${name}` : `${slices} slice${slices === 1 ? "" : "s"} of ${name}`;
}
