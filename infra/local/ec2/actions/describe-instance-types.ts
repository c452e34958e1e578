import * as z from "zod";
import { dryRun, Ec2Fault, invalidValue } from "../fault.ts";
import { type Facets, Filter, matches } from "../filters.ts";
import { instanceTypeXml, sizeOf } from "../instance-type-xml.ts";
import { isSoldAsSpot, type Sold, soldInRegion } from "../market.ts";
import { page, paging } from "../pages.ts";
import { common, flag, list, type Parameters, read } from "../query.ts";
import type { Region } from "../region.ts";
import type { Xml } from "../xml.ts";

const Input = z.strictObject({
	...common,
	...paging,
	InstanceType: list(z.string()),
	Filter: list(Filter),
	IncludeUnsupportedInRegion: flag.optional(),
});

const mostTypes = 100;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypes.html */
export function describeInstanceTypes(region: Region, parameters: Parameters): Xml {
	const input = read(Input, parameters);
	if (input.DryRun) throw dryRun();
	checkTypes(region, input.InstanceType);
	const found = soldInRegion(region)
		.filter(({ name }) => input.InstanceType.length === 0 || input.InstanceType.includes(name))
		.filter((sold) => matches(input.Filter, facets(sold), new Map()));
	const sizes = { most: mostTypes, always: input.InstanceType.length === 0 };
	const byId = input.InstanceType.length > 0;
	const { shown, nextToken } = page(found, ({ name }) => name, input, byId, sizes);
	return {
		instanceTypeSet: shown.map(({ name, type }) => instanceTypeXml(name, type)),
		nextToken,
	};
}

function checkTypes({ types }: Region, names: readonly string[]): void {
	if (names.length > mostTypes) {
		throw invalidValue(`At most ${mostTypes} instance types can be named in one request`);
	}
	const unknown = names.filter((name) => !types.has(name));
	if (unknown.length === 0) return;
	throw new Ec2Fault(
		"InvalidInstanceType",
		`The following supplied instance types do not exist: [${unknown.join(", ")}]`,
	);
}

function facets({ name, type }: Sold): Facets {
	const { architecture, hypervisor = "nitro", localStorageGb = 0, burstable = false } = type;
	const { vcpus, memoryMib } = sizeOf(type);
	return {
		"bare-metal": [String(hypervisor === null)],
		"burstable-performance-supported": [String(burstable)],
		hypervisor: [hypervisor ?? undefined],
		"instance-storage-supported": [String(localStorageGb > 0)],
		"instance-type": [name],
		"memory-info.size-in-mib": [String(memoryMib)],
		"network-info.ipv4-addresses-per-interface": [String(type.ipv4PerInterface ?? 15)],
		"processor-info.supported-architecture": [architecture],
		"supported-root-device-type": ["ebs"],
		"supported-usage-class": ["on-demand", isSoldAsSpot(type) ? "spot" : undefined],
		"supported-virtualization-type": ["hvm"],
		"vcpu-info.default-vcpus": [String(vcpus)],
	};
}
