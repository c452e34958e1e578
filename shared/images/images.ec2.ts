import {
	type DescribeImagesCommandInput,
	type EC2Client,
	EC2ServiceException,
	type Image as Ec2Image,
	paginateDescribeImages,
} from "@aws-sdk/client-ec2";
import { type FailureKind, ProvisionerError } from "../errors.ts";
import { Architecture } from "../offerings/model.ts";
import type { Image, Images } from "./model.ts";
import { rootDeviceOf } from "./root-device.ts";
import { type ImageQuery, imageQuery } from "./spec.ts";

/** EC2's largest page. Without a page size it answers everything in one reply, which may not end in time. */
const pageSize = 1_000;

/**
 * EC2's register of images by DescribeImages.
 *
 * Deprecated images are asked for only when there is no other (EC2 shows an owner its own in any case).
 * Those that can't boot a cell are left out: of another architecture, or without a root device.
 * An image ID that EC2 doesn't know counts as nothing found.
 *
 * @throws ProvisionerError `operator` `ImageLookupRefused` where a human must act,
 * `unavailable` `ImageLookupFailed` where asking again may help; anything else as it came.
 */
export const ec2Images = (client: EC2Client): Images => ({
	async find(spec, architecture, signal) {
		const query = imageQuery(spec, architecture);
		const listed = async (IncludeDeprecated: boolean): Promise<readonly Ec2Image[]> =>
			await described(client, { ...inputOf(query), IncludeDeprecated }, signal);
		try {
			// First without: they may be many, and most specs have current ones.
			const current = (await listed(false)).flatMap((image) => bootable(image, architecture));
			if (current.length > 0) return current;
			return (await listed(true)).flatMap((image) => bootable(image, architecture));
		} catch (error) {
			if (isUnknownImage(error)) return [];
			throw understood(error);
		}
	},
});

async function described(
	client: EC2Client,
	input: DescribeImagesCommandInput,
	signal: AbortSignal,
): Promise<readonly Ec2Image[]> {
	// EC2 takes no page size beside a list of IDs.
	const paging = input.ImageIds === undefined ? { pageSize } : {};
	const images: Ec2Image[] = [];
	const pages = paginateDescribeImages({ client, stopOnSameToken: true, ...paging }, input, {
		abortSignal: signal,
	});
	for await (const page of pages) images.push(...(page.Images ?? []));
	return images;
}

const inputOf = ({
	Owners,
	ExecutableUsers,
	ImageIds,
	Filters,
}: ImageQuery): DescribeImagesCommandInput => ({
	...(Owners && { Owners: [...Owners] }),
	...(ExecutableUsers && { ExecutableUsers: [...ExecutableUsers] }),
	...(ImageIds && { ImageIds: [...ImageIds] }),
	Filters: Filters.map(({ Name, Values }) => ({ Name, Values: [...Values] })),
});

/** None or one: an image is kept only if a cell can boot from it. */
function bootable(image: Ec2Image, wanted: Architecture): Image[] {
	const { ImageId, RootDeviceName } = image;
	const architecture = Architecture.safeParse(image.Architecture).data;
	if (ImageId === undefined || RootDeviceName === undefined || architecture !== wanted) return [];
	const mappings = (image.BlockDeviceMappings ?? []).map(({ DeviceName, Ebs }) => ({
		name: DeviceName,
		ebs: Ebs && {
			sizeGib: Ebs.VolumeSize,
			volumeType: Ebs.VolumeType,
			iops: Ebs.Iops,
			throughputMibps: Ebs.Throughput,
		},
	}));
	return [
		{
			imageId: ImageId,
			name: image.Name ?? "",
			ownerId: image.OwnerId ?? "",
			architecture,
			createdAt: image.CreationDate ?? "",
			...(image.DeprecationTime === undefined ? {} : { deprecationTime: image.DeprecationTime }),
			rootDevice: rootDeviceOf(RootDeviceName, mappings),
		},
	];
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
const unknownImageCodes: readonly string[] = ["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"];

const failures: ReadonlyMap<string, FailureKind> = new Map([
	["UnauthorizedOperation", "operator"],
	["AuthFailure", "operator"],
	["OptInRequired", "operator"],
	["InvalidAMIID.Malformed", "operator"],
	["InvalidUserID.Malformed", "operator"],
	["InvalidParameterValue", "operator"],
	["RequestLimitExceeded", "unavailable"],
	["InternalError", "unavailable"],
	["InternalFailure", "unavailable"],
	["Unavailable", "unavailable"],
	["ServiceUnavailable", "unavailable"],
]);

const isUnknownImage = (error: unknown): boolean =>
	error instanceof EC2ServiceException && unknownImageCodes.includes(error.name);

function understood(error: unknown): unknown {
	if (!(error instanceof EC2ServiceException)) return error;
	const kind = failures.get(error.name);
	if (kind === undefined) return error;
	return kind === "operator"
		? new ProvisionerError(
				kind,
				"ImageLookupRefused",
				`EC2 refuses to look for boot images (${error.name}: ${error.message}): check cells.bootImageSpec and the permission ec2:DescribeImages`,
				{ cause: error },
			)
		: new ProvisionerError(
				kind,
				"ImageLookupFailed",
				`EC2 can't look for boot images at the moment (${error.name}: ${error.message})`,
				{ cause: error },
			);
}
