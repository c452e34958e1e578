import { type SimulatedInstance, stateCodes, type Tags } from "./model.ts";
import type { Region } from "./region.ts";
import type { Xml } from "./xml.ts";

export const tagSet = (tags: Tags): Xml =>
	tags.size === 0 ? undefined : [...tags].map(([key, value]) => ({ key, value }));

export const stateXml = (state: SimulatedInstance["state"]): Xml => ({
	code: stateCodes[state],
	name: state,
});

/** An instance as RunInstances and DescribeInstances show it. */
export function instanceXml(region: Region, instance: SimulatedInstance): Xml {
	// What a terminated instance had is gone; what it was stays.
	const gone = instance.state === "terminated";
	return {
		instanceId: instance.instanceId,
		imageId: instance.image.imageId,
		instanceState: stateXml(instance.state),
		privateDnsName: gone ? "" : privateDnsName(instance),
		dnsName: "",
		reason: instance.transitionReason,
		amiLaunchIndex: instance.launchIndex,
		productCodes: [],
		instanceType: instance.instanceType,
		launchTime: new Date(instance.launchedAtMs).toISOString(),
		placement: {
			availabilityZone: instance.zone.zone,
			availabilityZoneId: instance.zone.zoneId,
			groupName: "",
			tenancy: "default",
		},
		monitoring: { state: "disabled" },
		subnetId: gone ? undefined : instance.zone.subnetId,
		vpcId: gone ? undefined : region.vpcId,
		privateIpAddress: gone ? undefined : instance.privateAddress,
		groupSet: gone ? [] : groupSet(instance),
		stateReason: instance.stateReason,
		architecture: instance.image.architecture,
		rootDeviceType: "ebs",
		rootDeviceName: instance.image.rootDeviceName,
		blockDeviceMapping: gone ? [] : [rootDeviceXml(instance)],
		virtualizationType: "hvm",
		instanceLifecycle: instance.market === "spot" ? "spot" : undefined,
		clientToken: instance.clientToken ?? "",
		tagSet: tagSet(instance.tags),
		hypervisor: "xen",
		networkInterfaceSet: gone ? [] : [interfaceXml(region, instance)],
		iamInstanceProfile: instance.instanceProfile,
		metadataOptions: {
			state: "applied",
			httpTokens: instance.httpTokens,
			httpPutResponseHopLimit: instance.httpPutResponseHopLimit,
			httpEndpoint: "enabled",
		},
	};
}

/** EC2's name for an address: `ip-10-0-0-4.ec2.internal`. */
export const privateDnsName = ({ subnetAddresses: [first] }: SimulatedInstance): string =>
	`ip-${(first ?? "").replaceAll(".", "-")}.ec2.internal`;

const groupSet = ({ securityGroupIds }: SimulatedInstance): Xml =>
	securityGroupIds.map((groupId) => ({ groupId, groupName: groupId }));

const rootDeviceXml = ({ image, rootVolume, launchedAtMs }: SimulatedInstance): Xml => ({
	deviceName: image.rootDeviceName,
	ebs: {
		volumeId: rootVolume.volumeId,
		status: "attached",
		attachTime: new Date(launchedAtMs).toISOString(),
		deleteOnTermination: rootVolume.deleteOnTermination,
	},
});

const interfaceXml = (region: Region, instance: SimulatedInstance): Xml => ({
	networkInterfaceId: instance.networkInterfaceId,
	subnetId: instance.zone.subnetId,
	vpcId: region.vpcId,
	ownerId: region.accountId,
	status: "in-use",
	privateIpAddress: instance.privateAddress,
	sourceDestCheck: true,
	groupSet: groupSet(instance),
	attachment: {
		attachmentId: instance.networkInterfaceId.replace("eni-", "eni-attach-"),
		deviceIndex: 0,
		status: "attached",
		attachTime: new Date(instance.launchedAtMs).toISOString(),
		deleteOnTermination: true,
	},
	privateIpAddressesSet: [instance.privateAddress, ...instance.secondaryAddresses].map(
		(privateIpAddress, index) => ({ privateIpAddress, primary: index === 0 }),
	),
	interfaceType: "interface",
});
