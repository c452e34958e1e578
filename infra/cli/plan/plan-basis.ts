import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { PlanPorts } from "../../../shared/flows/plan-attempt.ts";
import { dynamodbImageCache } from "../../../shared/images/cache.dynamodb.ts";
import { imageFinder } from "../../../shared/images/cache.ts";
import { ec2Images } from "../../../shared/images/images.ec2.ts";
import { ssmImageParameters } from "../../../shared/images/parameters.ssm.ts";
import { resolvingImages } from "../../../shared/images/resolve.ts";
import { newAuthority } from "../../../shared/pki/authority.forge.ts";
import { forgeIssuer } from "../../../shared/pki/issuer.forge.ts";
import { forgeIssuers } from "../../../shared/pki/issuers.forge.ts";
import type { Issuers } from "../../../shared/pki/model.ts";
import { ssmVault } from "../../../shared/pki/vault.ssm.ts";
import type { Place } from "../place/place.ts";

/** What a plan is made from beside its choice. */
export type PlanBasis = Readonly<{
	images: PlanPorts["images"];
	/** For people: whose word the image is. */
	imagesFrom: string;
	issuers: Issuers;
	/** For people: who signs. */
	issuersFrom: string;
	close(): void;
}>;

/**
 * The images and the authority of the running stack, or of a deployment that was named, which only reads; otherwise
 * stand-ins that say so.
 *
 * @param region of provider.yaml.
 */
export const planBasis = (place: Place, region: string, now: () => Date): PlanBasis =>
	place.isAssumed ? standIns(now) : ofPlace(place, region, now);

function ofPlace(place: Place, region: string, now: () => Date): PlanBasis {
	const ec2 = new EC2Client({ region, ...place.client("ec2"), maxAttempts: 1 });
	const ssm = new SSMClient({ region, ...place.client("ssm"), maxAttempts: 1 });
	const dynamodb = new DynamoDBClient({ region, ...place.client("dynamodb"), maxAttempts: 1 });
	const cache = dynamodbImageCache(dynamodb, place.resource("images"));
	const of = place.kind === "stack" ? "of the running stack" : `of ${place.deployment}`;
	return {
		images: imageFinder({
			images: resolvingImages(ec2Images(ec2), ssmImageParameters(ssm)),
			imageCache: { get: cache.get, put: async () => {}, remove: async () => {} },
			now,
		}),
		imagesFrom: of,
		issuers: forgeIssuers(ssmVault(ssm, place.authorityPrefix), 0, now),
		issuersFrom: of,
		close() {
			for (const each of [ec2, ssm, dynamodb]) each.destroy();
		},
	};
}

function standIns(now: () => Date): PlanBasis {
	const issuer = forgeIssuer(newAuthority(now()));
	return {
		images: {
			find: async (_spec, architecture) => ({
				image: {
					imageId: "ami-00000000000000000",
					name: "any",
					ownerId: "000000000000",
					architecture,
					createdAt: now().toISOString(),
					rootDevice: { name: "/dev/xvda", sizeGib: 0, volumeType: "gp3" },
				},
				ageSeconds: 0,
				source: "cache",
			}),
		},
		imagesFrom:
			"a placeholder, as is its root device: no stack runs in this folder whose EC2 could be asked",
		issuers: {
			current: async () => issuer,
			named: async () => issuer,
			all: async () => [{ issuer, role: "current", isFirst: true }],
		},
		issuersFrom: "made for this output: no stack runs in this folder",
		close() {},
	};
}
