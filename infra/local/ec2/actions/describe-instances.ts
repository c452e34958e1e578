import * as z from "zod";
import { instanceXml } from "../describe.ts";
import { dryRun, Ec2Fault } from "../fault.ts";
import { type Facets, Filter, matches } from "../filters.ts";
import type { SimulatedInstance } from "../model.ts";
import { page, paging } from "../pages.ts";
import { common, list, type Parameters, read } from "../query.ts";
import { type Region, visibleInstances } from "../region.ts";
import type { Xml } from "../xml.ts";

const Input = z.strictObject({
	...common,
	...paging,
	InstanceId: list(z.string()),
	Filter: list(Filter),
});

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html */
export function describeInstances(region: Region, parameters: Parameters): Xml {
	const input = read(Input, parameters);
	if (input.DryRun) throw dryRun();
	const visible = visibleInstances(region);
	const named = input.InstanceId.length === 0 ? visible : findInstances(visible, input.InstanceId);
	const found = named.filter((instance) =>
		matches(input.Filter, facets(region, instance), instance.tags),
	);
	const { shown, nextToken } = page(
		found,
		({ instanceId }) => instanceId,
		input,
		input.InstanceId.length > 0,
	);
	return {
		reservationSet: [...Map.groupBy(shown, ({ reservationId }) => reservationId)].map(
			([reservationId, instances]) => ({
				reservationId,
				ownerId: region.accountId,
				groupSet: [],
				instancesSet: instances.map((instance) => instanceXml(region, instance)),
			}),
		),
		nextToken,
	};
}

/**
 * The instances with these ids, each once.
 *
 * @throws Ec2Fault when a single id is malformed or unknown: EC2 then answers none.
 */
export function findInstances(
	visible: readonly SimulatedInstance[],
	ids: readonly string[],
): readonly SimulatedInstance[] {
	const malformed = ids.find((id) => !/^i-([0-9a-f]{8}|[0-9a-f]{17})$/.test(id));
	if (malformed !== undefined) {
		throw new Ec2Fault("InvalidInstanceID.Malformed", `Invalid id: "${malformed}"`);
	}
	const found = visible.filter(({ instanceId }) => ids.includes(instanceId));
	const known = new Set(found.map(({ instanceId }) => instanceId));
	const unknown = [...new Set(ids)].filter((id) => !known.has(id));
	if (unknown.length === 0) return found;
	const problem =
		unknown.length === 1
			? `The instance ID '${unknown[0]}' does not exist`
			: `The instance IDs '${unknown.join(", ")}' do not exist`;
	throw new Ec2Fault("InvalidInstanceID.NotFound", problem);
}

const facets = (region: Region, instance: SimulatedInstance): Facets => ({
	"availability-zone": [instance.zone.zone],
	"availability-zone-id": [instance.zone.zoneId],
	"client-token": [instance.clientToken],
	"image-id": [instance.image.imageId],
	"instance-id": [instance.instanceId],
	"instance-lifecycle": [instance.market === "spot" ? "spot" : undefined],
	"instance-state-name": [instance.state],
	"instance-type": [instance.instanceType],
	"private-ip-address": [instance.privateAddress],
	"reservation-id": [instance.reservationId],
	"subnet-id": [instance.zone.subnetId],
	"vpc-id": [region.vpcId],
});
