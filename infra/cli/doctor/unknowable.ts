import type { ProviderConfig } from "../../../shared/config/provider.ts";
import type { Finding } from "./finding.ts";
import type { Place } from "./place.ts";

/** What none of the clients at hand can see, with where to look. */
export const unknowable = (
	kind: Place["kind"],
	{ aws: { region }, cells: { volumeEncryption, volumeKmsKeyId } }: ProviderConfig,
): readonly Finding[] => [
	...(kind === "stack" ? [] : [quotas(region)]),
	...(volumeEncryption === "on" ? [key(region, volumeKmsKeyId)] : []),
];

// Standard instances (A, C, D, H, I, M, R, T, Z); accelerated families have quotas of their own.
const onDemandQuota = "L-1216C47A";
const spotQuota = "L-34B43A08";

const quotas = (region: string): Finding => ({
	check: "vCPU quotas",
	verdict: "warn",
	says: "not checked: EC2 tells them nobody; a new account may have five vCPUs",
	todo:
		`aws service-quotas get-service-quota --service-code ec2 --region ${region} --quota-code ${onDemandQuota} ` +
		`(on demand), and ${spotQuota} (spot)`,
});

function key(region: string, keyId: string | undefined): Finding {
	const check = "KMS key";
	if (keyId === undefined)
		return {
			check,
			verdict: "warn",
			says: "volumes get the account's EBS key, which every role of the account may use unless it was replaced",
			todo: `aws ec2 get-ebs-default-kms-key-id --region ${region} tells whether it was`,
		};
	return {
		check,
		verdict: "warn",
		says: `${keyId} is not checked: a dry run doesn't look at keys; a cell whose key can't be used ends as it begins`,
		todo:
			`aws kms describe-key --region ${region} --key-id ${keyId} must say Enabled; its policy must let launch's ` +
			"role CreateGrant, GenerateDataKeyWithoutPlaintext, Decrypt and DescribeKey",
	};
}
