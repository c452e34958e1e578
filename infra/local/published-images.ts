import type { SimulatedImage } from "./ec2/model.ts";

/** As Canonical publishes its newest images. @see https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/ */
export const publishedImages = (
	images: readonly SimulatedImage[],
): Readonly<Record<string, string>> =>
	Object.fromEntries(
		images.flatMap(({ name, imageId }) => {
			const [, architecture] = /ubuntu-noble-24\.04-(amd64|arm64)-server/.exec(name) ?? [];
			const path = `/aws/service/canonical/ubuntu/server/24.04/stable/current/${architecture}/hvm/ebs-gp3/ami-id`;
			return architecture === undefined ? [] : [[path, imageId]];
		}),
	);
