import { createHash } from "node:crypto";
import { instanceXml } from "../describe.ts";
import { dryRun, Ec2Fault } from "../fault.ts";
import { tagsFor } from "../launch-checks.ts";
import { type LaunchPlan, launchPlan, roomFor } from "../launch-plan.ts";
import { begin } from "../lifecycle.ts";
import type { SimulatedInstance } from "../model.ts";
import { type Parameters, read } from "../query.ts";
import { forget, type Region } from "../region.ts";
import type { Xml } from "../xml.ts";
import { RunInstancesInput } from "./run-instances-input.ts";

/**
 * Launches, or shows what the same request has launched before.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export async function runInstances(region: Region, parameters: Parameters): Promise<Xml> {
	forget(region);
	const plan = launchPlan(region, read(RunInstancesInput, parameters));
	const token = plan.input.ClientToken;
	const key = `${plan.zone.zoneId}|${token}`;
	const fingerprint = fingerprintOf(parameters);
	const before = token === undefined ? undefined : replayed(region, key, fingerprint);
	if (before !== undefined) return reservationXml(region, before);
	const count = roomFor(region, plan);
	if (plan.input.DryRun) throw dryRun();
	const instances = await launched(region, plan, count);
	region.capacity.use(plan.input.InstanceType, plan.zone, plan.market, count);
	if (token !== undefined) region.tokens.set(key, { fingerprint, instances });
	for (const instance of instances) begin(region, instance, plan.userData);
	return reservationXml(region, instances);
}

/**
 * The instances that this token has made, if it has been used: all of them, each in its state.
 *
 * AWS doesn't say what becomes of a token of which only some instances have ended; it says "instance", and for one
 * instance this is the same.
 */
function replayed(
	region: Region,
	key: string,
	fingerprint: string,
): readonly SimulatedInstance[] | undefined {
	const use = region.tokens.get(key);
	if (use === undefined) return undefined;
	if (use.fingerprint !== fingerprint) {
		throw new Ec2Fault(
			"IdempotentParameterMismatch",
			"Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
		);
	}
	if (use.instances.every(({ state }) => state === "terminated")) {
		throw new Ec2Fault(
			"IdempotentInstanceTerminated",
			"The client token belongs to a request whose instance has been terminated.",
		);
	}
	return use.instances;
}

// A digest, because the parameters hold user data.
const fingerprintOf = (parameters: Parameters): string => {
	const compared = [...parameters].filter(([name]) => name !== "DryRun").sort(byName);
	return createHash("sha256").update(JSON.stringify(compared)).digest("hex");
};

const byName = ([a]: readonly [string, string], [b]: readonly [string, string]): number =>
	a < b ? -1 : a > b ? 1 : 0;

async function launched(
	region: Region,
	plan: LaunchPlan,
	count: number,
): Promise<readonly SimulatedInstance[]> {
	const reservationId = region.ids("r");
	const instances: SimulatedInstance[] = [];
	for (let launchIndex = 0; launchIndex < count; launchIndex++) {
		instances.push(await newInstance(region, plan, reservationId, launchIndex));
	}
	return instances;
}

async function newInstance(
	region: Region,
	plan: LaunchPlan,
	reservationId: string,
	launchIndex: number,
): Promise<SimulatedInstance> {
	const { input, zone } = plan;
	const [primary = "", ...secondaryAddresses] =
		region.pools.get(zone.subnetId)?.take(plan.addresses) ?? [];
	const instanceId = region.ids("i");
	const nowMs = region.clock.nowMs();
	return {
		instanceId,
		reservationId,
		launchIndex,
		instanceType: input.InstanceType,
		image: plan.image,
		market: plan.market,
		isOneTimeSpot:
			plan.market === "spot" &&
			input.InstanceMarketOptions?.SpotOptions?.SpotInstanceType !== "persistent",
		zone,
		vcpus: plan.type.vcpus ?? 0,
		launchedAtMs: nowMs,
		visibleAtMs: nowMs + region.visibility.afterMs,
		clientToken: input.ClientToken,
		tags: tagsFor(input, "instance"),
		networkInterfaceId: region.ids("eni"),
		networkInterfaceTags: tagsFor(input, "network-interface"),
		privateAddress: await region.machines.plug(instanceId, primary),
		secondaryAddresses,
		subnetAddresses: [primary, ...secondaryAddresses],
		securityGroupIds: plan.securityGroupIds,
		instanceProfile: plan.instanceProfile,
		shutdownBehavior: input.InstanceInitiatedShutdownBehavior,
		httpTokens: input.MetadataOptions?.HttpTokens ?? "optional",
		httpPutResponseHopLimit: input.MetadataOptions?.HttpPutResponseHopLimit ?? 1,
		rootVolume: {
			volumeId: region.ids("vol"),
			deleteOnTermination: rootDeleteOnTermination(plan),
			tags: tagsFor(input, "volume"),
		},
		state: "pending",
		stateReason: undefined,
		transitionReason: "",
		terminatedAtMs: undefined,
		console: "",
	};
}

const rootDeleteOnTermination = ({ input, image }: LaunchPlan): boolean =>
	input.BlockDeviceMapping.find(({ DeviceName }) => DeviceName === image.rootDeviceName)?.Ebs
		?.DeleteOnTermination ?? true;

const reservationXml = (region: Region, instances: readonly SimulatedInstance[]): Xml => ({
	reservationId: instances[0]?.reservationId,
	ownerId: region.accountId,
	groupSet: [],
	instancesSet: instances.map((instance) => instanceXml(region, instance)),
});
