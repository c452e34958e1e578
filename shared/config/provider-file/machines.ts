import * as z from "zod";
import { gibOf, mibOf } from "../../pods/quantity.ts";
import { bytes, choice, decimal, flag, text } from "../fields.ts";

/** From a type's name alone; whether EC2 sells it is the catalogue's to say. */
const isInstanceType = (value: string): boolean =>
	/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(value) && !value.startsWith("t1");

/** A key's id, its alias, or the ARN of either. */
const isKmsKey = (value: string): boolean =>
	/^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key\/[\w-]+|alias\/[\w/-]+)|alias\/[\w/-]+|mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(
		value,
	);

const spot = z.strictObject({
	maxPrice: decimal("a price in USD an hour above 0, such as 0.10", 1e-6, 1_000).optional().meta({
		description: "Most that a spot cell may cost, USD an hour. Default: the on-demand price.",
		example: 0.15,
		kip: "not there: the on-demand price was the limit.",
	}),
	fallback: choice(["on-demand", "none"]).default("none").meta({
		description:
			"What a spot pod gets when there is no spot capacity: with `none` it waits, then fails. Default: none.",
		example: "on-demand",
		kip: "not there: none, but it tried for ever.",
	}),
});

/** Which machine a pod gets, and its root volume. */
export const machineFields = {
	defaultInstanceType: text(
		"an instance type such as t3.nano, not of the t1 family",
		isInstanceType,
	).meta({
		description: "Type of cells whose pods ask for nothing.",
		example: "t3.nano",
		kip: "same, with a looser check: any two characters that aren't t1.",
	}),
	sizing: choice(["limits", "requests"]).default("limits").meta({
		description: "Which of a container's figures sizes its cell. Default: limits.",
		example: "requests",
		kip: "not there: limits.",
	}),
	vmMemoryOverheadPercent: decimal("a percentage from 0 to 50", 0, 50).default(7.5).meta({
		description: "Memory of a machine that its system never shows. Default: 7.5.",
		example: 5,
		kip: "not there: 0, nominal memory counted.",
	}),
	agentMemory: bytes("a quantity from 0 to 8Gi, such as 64Mi", "0", "8Gi", mibOf)
		.prefault("64Mi")
		.meta({
			description: "Memory that agent and system need. Default: 64Mi.",
			example: "128Mi",
			kip: "not there: 0.",
		}),
	burstable: choice(["allow", "exclude"]).default("allow").meta({
		description: "Whether cells may be of burstable types (t3, t4g). Default: allow.",
		example: "exclude",
		kip: "not there: they were allowed.",
	}),
	podArchitecture: choice(["amd64", "arm64", "any"]).default("amd64").meta({
		description:
			"Architecture of cells for pods that name none: most images are built for amd64 alone. `any`: the cheapest of those with a boot image. Default: amd64.",
		example: "any",
		kip: "not there: amd64.",
	}),
	acceleratorsForPlainPods: flag().default(false).meta({
		description:
			"Whether a pod without a GPU may run on a machine that has one, if it is cheapest. Default: false.",
		example: true,
		kip: "not there: such pods got GPU machines where these were cheapest.",
	}),
	spot: spot.prefault({}).meta({ description: "How spot cells are bought." }),
	defaultVolumeSize: bytes("a quantity from 1Gi to 64Ti, such as 5Gi", "1Gi", "64Ti", gibOf)
		.prefault("5Gi")
		.meta({
			description: "Root volume of a cell; at least the image's own size. Default: 5Gi.",
			example: "10Gi",
			kip: "same, without bounds.",
		}),
	// An unquoted `on` is YAML's true.
	volumeEncryption: z
		.preprocess((value) => (value === true ? "on" : value), choice(["default", "on"]))
		.default("default")
		.meta({
			description:
				"Whether root volumes are encrypted whatever the image says; `default`: as the image and the account's EBS setting say. Default: default.",
			example: "on",
			kip: "not there: as the image and the account say.",
		}),
	volumeKmsKeyID: text("a KMS key's id, alias (alias/cells) or ARN", isKmsKey).optional().meta({
		description:
			"KMS key of encrypted root volumes; needs `volumeEncryption: on`. Its policy must let the functions use it, or instances end as soon as they are launched. Default: the account's EBS key.",
		example: "alias/cells",
		kip: "not there.",
	}),
};
