import * as z from "zod";
import { isId, listOf, text, withoutEffect } from "../fields.ts";

const subnet = () => text("a subnet id such as subnet-0123456789abcdef0", isId("subnet"));

/** The region's own form; also us-gov-west-1 and us-iso-east-1, which Kip refuses. */
const isRegion = (value: string): boolean => /^[a-z]{2,4}(-[a-z]+){1,3}-\d$/.test(value);

const roleInstead = "the functions use their own role; remove the key from this file";

const aws = z.strictObject({
	region: text("an AWS region such as us-east-1", isRegion).optional().meta({
		description:
			"Region of the cells. Default: the region in which the functions run, which wins in any case.",
		example: "eu-central-1",
		kip: "same: the environment's region wins. Regions such as us-gov-west-1 were faults.",
	}),
	vpcID: text(
		"a VPC id such as vpc-0123456789abcdef0, or default",
		(value) => value === "default" || isId("vpc")(value),
	)
		.optional()
		.meta({
			description:
				"VPC of the subnets, in which a deployment makes its security groups; it needs the id. `default` is the account's default VPC. Default: default.",
			example: "vpc-0123456789abcdef0",
			kip: "other default: the VPC in which the controller ran.",
		}),
	subnetID: subnet().optional().meta({
		description: "The one subnet of all cells; short for a `subnetIDs` of one.",
		example: "subnet-0123456789abcdef0",
		kip: "other default: the subnet in which the controller ran. Here one must be given.",
	}),
	subnetIDs: listOf(subnet(), "a list of subnet ids")
		.optional()
		.meta({
			description:
				"Subnets of the cells, one a zone: more zones, more capacity. Required unless `subnetID` is given.",
			example: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
			kip: "not there: cells were in one subnet, and so in one zone.",
		}),
	ecsClusterName: withoutEffect(
		"Fargate's cluster, in its first versions",
		"cells run on EC2, never on Fargate",
	),
	accessKeyID: withoutEffect("the controller's key", roleInstead),
	secretAccessKey: withoutEffect("its secret", roleInstead),
	endpointURL: withoutEffect(
		"another address of AWS's",
		"set the environment variable AWS_ENDPOINT_URL instead",
	),
	insecureTLSSkipVerify: withoutEffect(
		"whether AWS's certificates weren't verified",
		"AWS's certificates are always verified",
	),
});

/** Where cells run. */
export const cloud = z
	.strictObject({
		aws: aws.prefault({}),
		gce: withoutEffect("cells on Google's cloud", "cells run on AWS"),
		azure: withoutEffect("cells on Microsoft's cloud", "cells run on AWS"),
	})
	.prefault({});
