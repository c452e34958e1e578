import type { Image } from "./model.ts";

/** One entry of an image's block device mappings, as far as a root volume is concerned. */
type DeviceMapping = Readonly<{
	name: string | undefined;
	ebs:
		| Readonly<{
				sizeGib: number | undefined;
				volumeType: string | undefined;
				iops: number | undefined;
				throughputMibps: number | undefined;
		  }>
		| undefined;
}>;

/** Volume types whose IOPS are bought; for all others EC2 refuses the figure at launch. */
const provisionedTypes: readonly string[] = ["gp3", "io1", "io2"];

/**
 * The root volume that an image brings: the EBS mapping of its root device name.
 *
 * Kip's rule: without such a mapping the type is gp2 and the size unknown.
 */
export function rootDeviceOf(
	rootDeviceName: string,
	mappings: readonly DeviceMapping[],
): Image["rootDevice"] {
	const ebs = mappings.find(({ name, ebs }) => name === rootDeviceName && ebs !== undefined)?.ebs;
	if (ebs === undefined) return { name: rootDeviceName, sizeGib: 0, volumeType: "gp2" };
	const volumeType = ebs.volumeType ?? "gp2";
	return {
		name: rootDeviceName,
		sizeGib: ebs.sizeGib ?? 0,
		volumeType,
		...(ebs.iops !== undefined && provisionedTypes.includes(volumeType) ? { iops: ebs.iops } : {}),
		...(ebs.throughputMibps !== undefined && volumeType === "gp3"
			? { throughputMibps: ebs.throughputMibps }
			: {}),
	};
}
