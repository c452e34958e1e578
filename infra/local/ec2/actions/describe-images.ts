import * as z from "zod";
import { tagSet } from "../describe.ts";
import { dryRun, Ec2Fault } from "../fault.ts";
import { type Facets, Filter, matches } from "../filters.ts";
import type { SimulatedImage } from "../model.ts";
import { page, paging } from "../pages.ts";
import { common, flag, list, type Parameters, read } from "../query.ts";
import type { Region } from "../region.ts";
import type { Xml } from "../xml.ts";

const Input = z.strictObject({
	...common,
	...paging,
	ExecutableBy: list(z.string()),
	ImageId: list(z.string()),
	Owner: list(z.string()),
	Filter: list(Filter),
	IncludeDeprecated: flag.default(false),
	IncludeDisabled: flag.optional(),
});
type Input = z.infer<typeof Input>;

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html */
export function describeImages(region: Region, parameters: Parameters): Xml {
	const input = read(Input, parameters);
	if (input.DryRun) throw dryRun();
	for (const id of input.ImageId) findImage(region, id);
	const found = region.images.filter((image) => isSelected(region, image, input));
	const byId = input.ImageId.length > 0;
	const { shown, nextToken } = page(found, ({ imageId }) => imageId, input, byId);
	return { imagesSet: shown.map((image) => imageXml(region, image)), nextToken };
}

/**
 * An image that this account may use.
 *
 * @throws Ec2Fault for an id that is malformed, unknown or not shared with the account.
 */
export function findImage(region: Region, imageId: string): SimulatedImage {
	if (!/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(imageId)) {
		throw new Ec2Fault("InvalidAMIID.Malformed", `Invalid id: "${imageId}" (expecting "ami-...")`);
	}
	const image = region.images.find((candidate) => candidate.imageId === imageId);
	if (image !== undefined && isOurs(region, image)) return image;
	throw new Ec2Fault("InvalidAMIID.NotFound", `The image id '[${imageId}]' does not exist`);
}

const isOurs = ({ accountId }: Region, { ownerId, sharedWith }: SimulatedImage): boolean =>
	ownerId === accountId || (sharedWith?.includes(accountId) ?? true);

const isSelected = (region: Region, image: SimulatedImage, input: Input): boolean =>
	isOurs(region, image) &&
	(input.ImageId.length === 0 || input.ImageId.includes(image.imageId)) &&
	(input.Owner.length === 0 || input.Owner.some((owner) => owns(region, image, owner))) &&
	(input.ExecutableBy.length === 0 ||
		input.ExecutableBy.some((user) => mayExecute(region, image, user))) &&
	(input.IncludeDeprecated || !isDeprecated(region, image)) &&
	matches(input.Filter, facets(image), tagsOf(image));

const owns = ({ accountId }: Region, { ownerId }: SimulatedImage, owner: string): boolean =>
	ownerId === (owner === "self" ? accountId : owner);

/** `all`: public images; `self`: shared with this account by name; otherwise an account's id. */
const mayExecute = (
	{ accountId }: Region,
	{ sharedWith }: SimulatedImage,
	user: string,
): boolean =>
	user === "all"
		? sharedWith === undefined
		: (sharedWith?.includes(user === "self" ? accountId : user) ?? false);

const isDeprecated = (
	{ accountId, clock }: Region,
	{ ownerId, deprecationTime }: SimulatedImage,
): boolean =>
	ownerId !== accountId &&
	deprecationTime !== undefined &&
	Date.parse(deprecationTime) <= clock.nowMs();

const tagsOf = ({ tags = {} }: SimulatedImage) => new Map(Object.entries(tags));

const facets = (image: SimulatedImage): Facets => ({
	architecture: [image.architecture],
	"block-device-mapping.volume-type": [image.rootVolume?.volumeType],
	"creation-date": [image.creationDate],
	hypervisor: ["xen"],
	"image-id": [image.imageId],
	"image-type": ["machine"],
	"is-public": [String(image.sharedWith === undefined)],
	name: [image.name],
	"owner-id": [image.ownerId],
	"root-device-name": [image.rootDeviceName],
	"root-device-type": ["ebs"],
	state: [image.state ?? "available"],
	"virtualization-type": ["hvm"],
});

const imageXml = ({ accountId }: Region, image: SimulatedImage): Xml => ({
	imageId: image.imageId,
	imageLocation: `${image.ownerId}/${image.name}`,
	imageState: image.state ?? "available",
	imageOwnerId: image.ownerId,
	creationDate: image.creationDate,
	deprecationTime: image.deprecationTime,
	isPublic: image.sharedWith === undefined,
	architecture: image.architecture,
	imageType: "machine",
	name: image.name,
	rootDeviceType: "ebs",
	rootDeviceName: image.rootDeviceName,
	blockDeviceMapping: image.rootVolume === undefined ? [] : [rootMapping(image, image.rootVolume)],
	virtualizationType: "hvm",
	hypervisor: "xen",
	enaSupport: true,
	// Tags of an image are its owner's own business.
	tagSet: image.ownerId === accountId ? tagSet(tagsOf(image)) : undefined,
});

const rootMapping = (
	{ rootDeviceName }: SimulatedImage,
	volume: NonNullable<SimulatedImage["rootVolume"]>,
): Xml => ({
	deviceName: rootDeviceName,
	ebs: {
		deleteOnTermination: true,
		snapshotId: volume.snapshotId,
		volumeSize: volume.sizeGib,
		volumeType: volume.volumeType,
		iops: volume.iops,
		throughput: volume.throughputMibps,
		encrypted: false,
	},
});
