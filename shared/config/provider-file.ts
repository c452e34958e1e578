import * as z from "zod";
import { parameterOf } from "../images/spec.ts";
import { gibOf, mibOf } from "../pods/quantity.ts";
import {
	bytes,
	choice,
	decimal,
	duration,
	flag,
	integer,
	isCidr,
	isId,
	listOf,
	text,
	withoutEffect,
	words,
} from "./fields.ts";

// provider.yaml as people write it: Kip's fields under Kip's names, and ours. Strict, because a default
// that is applied in silence to a misspelt key costs money. Descriptions are the published reference.

const subnet = () => text("a subnet id such as subnet-0123456789abcdef0", isId("subnet"));

/** The region's own form; also us-gov-west-1 and us-iso-east-1, which Kip refuses. */
const isRegion = (value: string): boolean => /^[a-z]{2,4}(-[a-z]+){1,3}-\d$/.test(value);

const aws = z.strictObject({
	region: text("an AWS region such as us-east-1", isRegion).optional().meta({
		description:
			"Region of the cells. Default: the region in which the functions run, which wins in any case, as in Kip.",
	}),
	vpcID: text(
		"a VPC id such as vpc-0123456789abcdef0, or default",
		(value) => value === "default" || isId("vpc")(value),
	)
		.optional()
		.meta({
			description:
				"VPC of the subnets, in which a deployment makes its security groups; it needs the id. `default` is the account's default VPC.",
		}),
	subnetID: subnet().optional().meta({
		description: "The one subnet of all cells, as in Kip; short for a `subnetIDs` of one.",
	}),
	subnetIDs: listOf(subnet(), "a list of subnet ids").optional().meta({
		description:
			"Subnets of the cells, one a zone: more zones, more capacity. Required unless `subnetID` is given.",
	}),
	ecsClusterName: withoutEffect("cells run on EC2, never on Fargate"),
	accessKeyID: withoutEffect("the functions use their own role; remove the key from this file"),
	secretAccessKey: withoutEffect("the functions use their own role; remove the key from this file"),
	endpointURL: withoutEffect("set the environment variable AWS_ENDPOINT_URL instead"),
	insecureTLSSkipVerify: withoutEffect("AWS's certificates are always verified"),
});

const isOwner = (word: string): boolean =>
	/^(\d{12}|self|amazon|aws-marketplace|aws-backup-vault)$/.test(word);

const bootImage = z.strictObject({
	owners: words(
		"12-digit account ids in quotes, self, amazon or aws-marketplace, between spaces",
		isOwner,
	)
		.optional()
		.meta({ description: "Accounts that own the image, between spaces." }),
	executableUsers: words("12-digit account ids in quotes, self or all, between spaces", (word) =>
		/^(\d{12}|self|all)$/.test(word),
	)
		.optional()
		.meta({ description: "Accounts that may launch the image, between spaces." }),
	filters: text("name=value items between spaces").optional().meta({
		description: "DescribeImages filters, `name=value,value` items between spaces.",
	}),
	imageIDs: words(
		"image ids such as ami-0123456789abcdef0, or public parameters such as resolve:ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id, between spaces",
		(word) => /^ami-[0-9a-f]+$/.test(word) || parameterOf(word) !== undefined,
	)
		.optional()
		.meta({
			description:
				"The images themselves, between spaces: ids, or `resolve:ssm:/aws/service/…`, a public SSM parameter that holds an id. The latter is read again at each refresh, so that the maker's newest image is used.",
		}),
});

const isUrl = (value: string): boolean =>
	!/\s/.test(value) && /^https?:$/.test(URL.parse(value)?.protocol ?? "");

const itzo = z.strictObject({
	version: text("a version such as v1.2.1, or latest", (value) => /^[\w.+-]+$/.test(value))
		.optional()
		.meta({ description: "Version of the agent. Default: the launcher's." }),
	url: text("an http or https address", isUrl)
		.transform((url) => url.replace(/\/+$/, ""))
		.optional()
		.meta({ description: "Where the launcher downloads the agent. Default: the launcher's." }),
});

const spot = z.strictObject({
	maxPrice: decimal("a price in USD an hour above 0, such as 0.10", 1e-6, 1_000).optional().meta({
		description: "Most that a spot cell may cost, USD an hour. Default: the on-demand price.",
	}),
	fallback: choice(["on-demand", "none"]).default("none").meta({
		description:
			"What a spot pod gets when there is no spot capacity; `none`, as in Kip: it waits, then fails.",
	}),
});

/** From a type's name alone; whether EC2 sells it is the catalogue's to say. */
const isInstanceType = (value: string): boolean =>
	/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/.test(value) && !value.startsWith("t1");

const isInstanceProfile = (value: string): boolean =>
	value.includes(":")
		? /^arn:aws[a-z-]*:iam::\d{12}:instance-profile\/\S+$/.test(value)
		: /^[\w+=,.@-]{1,128}$/.test(value);

/** A key's id, its alias, or the ARN of either. */
const isKmsKey = (value: string): boolean =>
	/^(arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(key\/[\w-]+|alias\/[\w/-]+)|alias\/[\w/-]+|mrk-[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.test(
		value,
	);

const cells = z.strictObject({
	bootImageSpec: bootImage.optional().meta({
		description: "Image of amd64 cells, the newest that matches. Default: Elotl's images.",
	}),
	bootImageSpecs: z
		.strictObject({ amd64: bootImage.optional(), arm64: bootImage.optional() })
		.optional()
		.meta({
			description:
				"Images by architecture; pods run only on architectures that have one. `bootImageSpec` is its amd64.",
		}),
	defaultInstanceType: text(
		"an instance type such as t3.nano, not of the t1 family",
		isInstanceType,
	).meta({ description: "Type of cells whose pods ask for nothing." }),
	defaultVolumeSize: bytes("a quantity from 1Gi to 64Ti, such as 5Gi", "1Gi", "64Ti", gibOf)
		.prefault("5Gi")
		.meta({ description: "Root volume of a cell; at least the image's own size. Default: 5Gi." }),
	// An unquoted `on` is YAML's true.
	volumeEncryption: z
		.preprocess((value) => (value === true ? "on" : value), choice(["default", "on"]))
		.default("default")
		.meta({
			description:
				"Whether root volumes are encrypted whatever the image says; `default`: as the image and the account's EBS setting say. Default: default.",
		}),
	volumeKmsKeyID: text("a KMS key's id, alias (alias/cells) or ARN", isKmsKey).optional().meta({
		description:
			"KMS key of encrypted root volumes: id, alias or ARN; needs `volumeEncryption: on`. Its policy must let the functions use it, or instances end as soon as they are launched. Default: the account's EBS key.",
	}),
	cloudInitFile: text("the path of a cloud-init file")
		.optional()
		.meta({ description: "Cloud-init file for all cells; relative to this file's folder." }),
	cloudInitFlavor: choice(["elotl", "canonical"]).optional().meta({
		description:
			"Whose cloud-init the images have. Default: canonical for images of 099720109477 or of its parameters, otherwise elotl.",
	}),
	metadataTokens: choice(["required", "optional"]).optional().meta({
		description:
			"Whether a cell's metadata service asks for tokens (IMDSv2). Elotl's images need `optional`: their cloud-init knows only IMDSv1, never gets its user data from a service that asks for tokens, and the cell never answers. Tokens travel one hop in any case, so that pods behind the cell's bridge get none; where tokens are optional they can read the service without one. Default: required where `cloudInitFlavor` is canonical, and with `useCloudParameterStore` where there is no `cloudInitFile` to be read; otherwise optional.",
	}),
	itzo: itzo.prefault({}).meta({ description: "The agent on the cells." }),
	extraCIDRs: listOf(text("a CIDR such as 10.0.0.0/16", isCidr), "a list of CIDRs")
		.default([])
		.meta({
			description:
				"Networks that may reach the pods on cells, at every port but the agent's: a deployment's security group lets them in.",
		}),
	extraSecurityGroups: listOf(
		text("a security group id such as sg-0123456789abcdef0", isId("sg")),
		"a list of security group ids",
	)
		.default([])
		.meta({
			description:
				"Security groups of all cells, beside the pod's. Neither given: the VPC's default group.",
		}),
	nametag: text(
		"at most 24 lower-case letters, digits and dashes, a letter first and no dash last",
		(value) => /^[a-z]([-a-z0-9]{0,22}[a-z0-9])?$/.test(value),
	)
		.optional()
		.meta({
			description: "Name of this deployment on its machines. Default: the controller's id.",
		}),
	privateIPOnly: flag()
		.default(false)
		.meta({ description: "Whether cells have no public address. Default: false." }),
	cellConfig: z
		.record(z.string(), text("text"), { error: "Invalid: must be a mapping of names to text" })
		.default({})
		.meta({ description: "Settings for the launcher on the cells, such as imageCacheEndpoint." }),
	defaultIAMPermissions: text("the name or the ARN of an instance profile", isInstanceProfile)
		.optional()
		.meta({ description: "Instance profile of the cells: its name, or its ARN." }),
	sizing: choice(["limits", "requests"])
		.default("limits")
		.meta({ description: "Which of a container's figures sizes its cell. Default: limits." }),
	vmMemoryOverheadPercent: decimal("a percentage from 0 to 50", 0, 50).default(7.5).meta({
		description:
			"Memory of a machine that its system never shows. 0: nominal, as in Kip. Default: 7.5.",
	}),
	agentMemory: bytes("a quantity from 0 to 8Gi, such as 64Mi", "0", "8Gi", mibOf)
		.prefault("64Mi")
		.meta({
			description: "Memory that agent and system need. 0: nominal, as in Kip. Default: 64Mi.",
		}),
	burstable: choice(["allow", "exclude"])
		.default("allow")
		.meta({ description: "Whether cells may be of burstable types (t3, t4g). Default: allow." }),
	podArchitecture: choice(["amd64", "arm64", "any"]).default("amd64").meta({
		description:
			"Architecture of cells for pods that name none: most images are built for amd64 alone. any: the cheapest of those with a boot image. Default: amd64, as in Kip.",
	}),
	acceleratorsForPlainPods: flag().default(false).meta({
		description:
			"Whether a pod without a GPU may run on a machine that has one, if it is cheapest. Default: false.",
	}),
	spot: spot.prefault({}).meta({ description: "How spot cells are bought." }),
	bootTimeoutSeconds: integer("whole seconds from 60 to 43200", 60, 43_200).default(1_200).meta({
		description: "How long a launched machine may take until its agent answers. Default: 1200.",
	}),
	capacityTimeoutSeconds: integer("whole seconds from 0 to 43200", 0, 43_200).default(900).meta({
		description: "How long a pod waits for a machine that EC2 will sell. Default: 900.",
	}),
	bootAttempts: integer("a whole number from 1 to 10", 1, 10).default(3).meta({
		description:
			"How many machines a pod may have that never become ready, one after the other, before it fails. Default: 3.",
	}),
	replaceLost: flag().default(true).meta({
		description:
			"Whether a pod whose ready cell was lost (interrupted, stopped, ended by somebody else) gets another one, unless its `restartPolicy` is Never. Default: true.",
	}),
	lossesPerHour: integer("a whole number from 1 to 10", 1, 10).default(5).meta({
		description: "How many cells a pod may lose within an hour before it fails. Default: 5.",
	}),
	certificateLifetimeDays: integer("whole days from 1 to 3650", 1, 3_650).default(30).meta({
		description: "Longest life of a cell: its agent can't renew its certificate. Default: 30.",
	}),
	maxLifetime: duration("a duration from 10m to 365d, such as 30m, 72h or 7d", "10m", "365d")
		.optional()
		.meta({
			description:
				"How long after its boot a cell ends itself, whatever its pod does: minutes (`30m`), hours (`72h`) or days (`7d`), from `10m` to `365d`. It keeps a cell that nobody controls any more from being paid for. Default: never.",
		}),
	standbyCells: withoutEffect("cells are made when a pod asks for one, never ahead"),
	statusInterval: withoutEffect("nobody polls the pods on a cell that is ready"),
	healthcheck: withoutEffect("nobody polls a cell that is ready"),
	useCloudParameterStore: flag().default(false).meta({
		description:
			"Whether a cell's certificates, key and launcher settings lie in SSM parameters below `/kip/cells/<instance id>/` instead of its user data; needs `defaultIAMPermissions` with a role that may read them. Default: false.",
	}),
});

const limits = z.strictObject({
	cells: integer("a whole number from 1 to 10000", 1, 10_000).optional().meta({
		description:
			"Most cells at once; pods beyond it wait, until `cells.capacityTimeoutSeconds` is over. Default: none.",
	}),
	hourlyUsd: decimal("a price in USD an hour above 0, such as 25", 0.001, 1_000_000)
		.optional()
		.meta({
			description:
				"Most that all cells together may cost, USD an hour by the catalogue's prices; pods beyond it wait as well. Default: none.",
		}),
});

const rate = (most: number) => decimal(`a number above 0, at most ${most}`, 0.01, most);

const launch = z.strictObject({
	grouping: choice(["workload", "none"]).default("workload").meta({
		description:
			"Whether replicas of one workload that arrive together are launched by one call, with one identity for all of them; `none`: each pod has its own. Default: workload.",
	}),
	callBurst: integer("a whole number from 1 to 1000", 1, 1_000).default(5).meta({
		description:
			"RunInstances calls that EC2 takes at once. Default: 5, an account's quota at first.",
	}),
	callsPerSecond: rate(1_000).default(2).meta({
		description: "RunInstances calls a second after that. Default: 2.",
	}),
	instanceBurst: integer("a whole number from 1 to 100000", 1, 100_000).default(1_000).meta({
		description: "Instances that EC2 launches at once. Default: 1000.",
	}),
	instancesPerSecond: rate(1_000).default(2).meta({
		description: "Instances a second after that. Default: 2.",
	}),
});

const janitor = z.strictObject({
	maxEnded: integer("a whole number from 0 to 1000", 0, 1_000).default(10).meta({
		description:
			"How many instances that no record owns the janitor ends in one run; the rest raises an alarm. 0: it ends none. Default: 10.",
	}),
	secondSightingSeconds: integer("whole seconds from 60 to 86400", 60, 86_400).default(300).meta({
		description:
			"How long after the first sighting an instance must still be nobody's before it is ended. Default: 300.",
	}),
});

/** provider.yaml as `documentOf` prepares it. */
export const ProviderFile = z.strictObject({
	apiVersion: text("v1").default("v1").meta({ description: "Not enforced, as in Kip." }),
	kind: text("serverConfig").default("serverConfig").meta({
		description: "Not enforced, as in Kip.",
	}),
	cloud: z
		.strictObject({
			aws: aws.prefault({}),
			gce: withoutEffect("cells run on AWS"),
			azure: withoutEffect("cells run on AWS"),
		})
		.prefault({}),
	cells,
	limits: limits.prefault({}).meta({ description: "What all cells together may take." }),
	launch: launch.prefault({}).meta({ description: "How EC2 is asked for machines." }),
	janitor: janitor.prefault({}).meta({ description: "What is done about what was left over." }),
	etcd: withoutEffect("records are kept in DynamoDB"),
	kubelet: withoutEffect("there is no virtual node whose capacity and labels it would be"),
	testing: withoutEffect("the controller's id comes from the deployment"),
});
export type ProviderFile = Readonly<z.infer<typeof ProviderFile>>;
