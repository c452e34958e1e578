import { flag, isCidr, isId, listOf, text } from "../fields.ts";

const isInstanceProfile = (value: string): boolean =>
	value.includes(":")
		? /^arn:aws[a-z-]*:iam::\d{12}:instance-profile\/\S+$/.test(value)
		: /^[\w+=,.@-]{1,128}$/.test(value);

/** Who reaches a cell, whom it may ask, and what it is called. */
export const accessFields = {
	privateIPOnly: flag().default(false).meta({
		description:
			"Whether cells have no public address; otherwise their subnet's own setting decides. Default: false.",
		example: true,
		kip: "other effect of false: it asked for a public address wherever the subnet has a way to the internet.",
	}),
	extraCIDRs: listOf(text("a CIDR such as 10.0.0.0/16", isCidr), "a list of CIDRs")
		.default([])
		.meta({
			description:
				"Networks that may reach the pods on cells, at every port but the agent's: a deployment's security group lets them in. Default: none.",
			example: ["10.8.0.0/16"],
			kip: "other effect: it let them in at the agent's port as well, and the VPC's own network without being told. It checked none.",
		}),
	extraSecurityGroups: listOf(
		text("a security group id such as sg-0123456789abcdef0", isId("sg")),
		"a list of security group ids",
	)
		.default([])
		.meta({
			description:
				"Security groups of all cells, beside the deployment's and the pod's. Default: none.",
			example: ["sg-0123456789abcdef0"],
			kip: "same, unchecked.",
		}),
	defaultIAMPermissions: text("the name or the ARN of an instance profile", isInstanceProfile)
		.optional()
		.meta({
			description: "Instance profile of the cells: its name, or its ARN. Default: none.",
			example: "my-cells",
			kip: "same, unchecked.",
		}),
	nametag: text(
		"at most 24 lower-case letters, digits and dashes, a letter first and no dash last",
		(value) => /^[a-z]([-a-z0-9]{0,22}[a-z0-9])?$/.test(value),
	)
		.optional()
		.meta({
			description: "Name of this deployment on its machines. Default: the controller's id.",
			example: "shop",
			kip: "same.",
		}),
};
