import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { PlanPorts } from "../../shared/flows/plan-attempt.ts";
import { dynamodbImageCache } from "../../shared/images/cache.dynamodb.ts";
import { imageFinder } from "../../shared/images/cache.ts";
import { ec2Images } from "../../shared/images/images.ec2.ts";
import { ssmImageParameters } from "../../shared/images/parameters.ssm.ts";
import { resolvingImages } from "../../shared/images/resolve.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import { forgeIssuer } from "../../shared/pki/issuer.forge.ts";
import { forgeIssuers } from "../../shared/pki/issuers.forge.ts";
import type { Issuers } from "../../shared/pki/model.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { laptopAws } from "../local/laptop-aws.ts";
import { names } from "../local/names.ts";
import { readStackFile, type StackFile } from "./stack-file.ts";

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

/** The running stack's images and authority, where one runs, which only reads; otherwise stand-ins that say so. */
export function planBasis(now: () => Date): PlanBasis {
	const stack = readStackFile();
	const { ec2, ssm } = stack?.endpoints ?? {};
	return stack === undefined || ec2 === undefined || ssm === undefined
		? standIns(now)
		: ofStack({ ...stack.endpoints, ec2, ssm }, now);
}

function ofStack(
	endpoints: Readonly<Record<keyof StackFile["endpoints"], string>>,
	now: () => Date,
): PlanBasis {
	const client = { ...laptopAws, maxAttempts: 1 };
	const ec2 = new EC2Client({ ...client, endpoint: endpoints.ec2 });
	const ssm = new SSMClient({ ...client, endpoint: endpoints.ssm });
	const dynamodb = new DynamoDBClient({ ...client, endpoint: endpoints.dynamodb });
	const cache = dynamodbImageCache(dynamodb, names.images);
	return {
		images: imageFinder({
			images: resolvingImages(ec2Images(ec2), ssmImageParameters(ssm)),
			imageCache: { get: cache.get, put: async () => {}, remove: async () => {} },
			now,
		}),
		imagesFrom: "of the running stack",
		issuers: forgeIssuers(ssmVault(ssm, names.authority), 0, now),
		issuersFrom: "of the running stack",
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
