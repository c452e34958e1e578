import * as z from "zod";
import { parameterOf } from "../../images/spec.ts";
import { choice, flag, text, words } from "../fields.ts";

const isOwner = (word: string): boolean =>
	/^(\d{12}|self|amazon|aws-marketplace|aws-backup-vault)$/.test(word);

const bootImage = z.strictObject({
	owners: words(
		"12-digit account ids in quotes, self, amazon or aws-marketplace, between spaces",
		isOwner,
	)
		.optional()
		.meta({
			description: "Accounts that own the image, between spaces.",
			example: "099720109477",
			kip: "same. An id without quotes that loses its form matched nothing; here it is a fault.",
		}),
	executableUsers: words("12-digit account ids in quotes, self or all, between spaces", (word) =>
		/^(\d{12}|self|all)$/.test(word),
	)
		.optional()
		.meta({
			description: "Accounts that may launch the image, between spaces.",
			example: "self",
			kip: "same.",
		}),
	filters: text("name=value items between spaces").optional().meta({
		description: "DescribeImages filters, `name=value,value` items between spaces.",
		example: "name=ubuntu-minimal/images/* virtualization-type=hvm",
		kip: "same. An item without `=` ended the process; here it is a fault.",
	}),
	imageIDs: words(
		"image ids such as ami-0123456789abcdef0, or public parameters such as resolve:ssm:/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id, between spaces",
		(word) => /^ami-[0-9a-f]+$/.test(word) || parameterOf(word) !== undefined,
	)
		.optional()
		.meta({
			description:
				"The images themselves, between spaces: ids, or `resolve:ssm:/aws/service/…`, a public SSM parameter that holds an id. The latter is read again at each refresh, so that the maker's newest image is used.",
			example: "ami-0123456789abcdef0",
			kip: "same, but for parameters, which it didn't know.",
		}),
});

const isUrl = (value: string): boolean =>
	!/\s/.test(value) && /^https?:$/.test(URL.parse(value)?.protocol ?? "");

const itzo = z.strictObject({
	version: text("a version such as v1.2.1, or latest", (value) => /^[\w.+-]+$/.test(value))
		.optional()
		.meta({
			description: "Version of the agent. Default: the launcher's.",
			example: "v1.2.1",
			kip: "same.",
		}),
	url: text("an http or https address", isUrl)
		.transform((url) => url.replace(/\/+$/, ""))
		.optional()
		.meta({
			description: "Where the launcher downloads the agent. Default: the launcher's.",
			example: "https://itzo-kip-download.s3.amazonaws.com",
			kip: "same.",
		}),
});

/** What a cell boots from, and what it reads first. */
export const imageFields = {
	bootImageSpec: bootImage.optional().meta({
		description: "Image of amd64 cells, the newest that matches. Default: Elotl's images.",
	}),
	bootImageSpecs: z
		.strictObject({ amd64: bootImage.optional(), arm64: bootImage.optional() })
		.optional()
		.meta({
			description:
				"Images by architecture; pods run only on architectures that have one. `bootImageSpec` is its amd64.",
			example: { amd64: {}, arm64: { owners: "689494258501", filters: "name=elotl-kip-*arm64-*" } },
			kip: "not there: cells were amd64.",
		}),
	cloudInitFile: text("the path of a cloud-init file").optional().meta({
		description: "Cloud-init file for all cells; relative to this file's folder.",
		example: "cloud-init.yaml",
		kip: "same. It dropped keys that it didn't know (`packages`, `mounts`); here they reach the cell.",
	}),
	cloudInitFlavor: choice(["elotl", "canonical"]).optional().meta({
		description:
			"Whose cloud-init the images have. Default: canonical for images of 099720109477 or of its parameters, otherwise elotl.",
		example: "canonical",
		kip: "not there.",
	}),
	metadataTokens: choice(["required", "optional"]).optional().meta({
		description:
			"Whether a cell's metadata service asks for tokens (IMDSv2). Elotl's images need `optional`: their cloud-init knows only IMDSv1, never gets its user data from a service that asks for tokens, and the cell never answers. Tokens travel one hop in any case, so that pods behind the cell's bridge get none; where tokens are optional they can read the service without one. Default: required where `cloudInitFlavor` is canonical, and with `useCloudParameterStore` where neither `cloudInitFile` nor `maxLifetime` must be read; otherwise optional.",
		example: "optional",
		kip: "not there: as the image and the account say.",
	}),
	useCloudParameterStore: flag().default(false).meta({
		description:
			"Whether a cell's certificates, key and launcher settings lie in SSM parameters below `/kip/cells/<instance id>/` instead of its user data; needs `defaultIAMPermissions` with a role that may read them. Default: false.",
		example: true,
		kip: "same. What is longer than one parameter it wrote under names that no launcher looks for.",
	}),
	itzo: itzo.prefault({}).meta({ description: "The agent on the cells." }),
	cellConfig: z
		.record(z.string(), text("text"), { error: "Invalid: must be a mapping of names to text" })
		.default({})
		.meta({
			expected: "a mapping of names to text",
			description: "Settings for the launcher on the cells.",
			example: { imageCacheEndpoint: "10.0.0.10:/cache" },
			kip: "same.",
		}),
};
