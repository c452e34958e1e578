import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseProvider } from "../../shared/config/provider.ts";
import { type Fault, ProvisionerError } from "../../shared/errors.ts";
import { providerYaml } from "../support/provider-yaml.ts";

/** The faults of a file; none if it is accepted. */
function faultsOf(yaml: string): readonly Fault[] {
	try {
		parseProvider(yaml);
		return [];
	} catch (error) {
		if (!(error instanceof ProvisionerError)) throw error;
		expect(error).toMatchObject({ kind: "invalid", reason: "InvalidConfig" });
		return error.faults;
	}
}

type Case = Readonly<{
	aws?: Record<string, string | undefined>;
	cells?: Record<string, string | undefined>;
	top?: Record<string, string>;
	path: string;
	problem: RegExp;
	value?: string;
}>;

describe("faults of parseProvider", () => {
	const cases: readonly Case[] = [
		{ aws: { region: undefined }, path: "cloud.aws.region", problem: /^Required: an AWS region/ },
		{
			aws: { region: "FILL_IN" },
			path: "cloud.aws.region",
			problem: /^Required: an AWS region/,
			value: "FILL_IN",
		},
		{ aws: { region: "us-east" }, path: "cloud.aws.region", problem: /^Invalid/, value: "us-east" },
		{
			aws: { region: "US-EAST-1" },
			path: "cloud.aws.region",
			problem: /^Invalid/,
			value: "US-EAST-1",
		},
		{ aws: { region: "[us-east-1]" }, path: "cloud.aws.region", problem: /^Invalid/ },
		{ aws: { vpcID: "main" }, path: "cloud.aws.vpcID", problem: /vpc-/, value: "main" },
		{
			aws: { subnetID: "subnet-xyz" },
			path: "cloud.aws.subnetID",
			problem: /subnet-/,
			value: "subnet-xyz",
		},
		{ aws: { subnetID: undefined }, path: "cloud.aws.subnetIDs", problem: /^Required/ },
		{
			aws: { subnetID: undefined, subnetIDs: "[]" },
			path: "cloud.aws.subnetIDs",
			problem: /^Required/,
		},
		{
			aws: { subnetIDs: "[subnet-0123456789abcdef1]" },
			path: "cloud.aws.subnetIDs",
			problem: /keep one of the two/,
		},
		{
			aws: { subnetID: undefined, subnetIDs: "subnet-0123456789abcdef1" },
			path: "cloud.aws.subnetIDs",
			problem: /a list/,
			value: "subnet-0123456789abcdef1",
		},
		{
			aws: { subnetID: undefined, subnetIDs: "[subnet-0123456789abcdef1, x]" },
			path: "cloud.aws.subnetIDs[1]",
			problem: /^Invalid/,
			value: "x",
		},
		{
			aws: { subnetID: undefined, subnetIDs: "[subnet-01234567, subnet-01234567]" },
			path: "cloud.aws.subnetIDs[1]",
			problem: /twice/,
			value: "subnet-01234567",
		},
		{ aws: { subnetIds: "[a]" }, path: "cloud.aws.subnetIds", problem: /did you mean subnetIDs\?/ },
		{
			aws: { secretAccesKey: "SECRET" },
			path: "cloud.aws.secretAccesKey",
			problem: /did you mean secretAccessKey\?/,
		},
		{
			cells: { defaultInstanceType: undefined },
			path: "cells.defaultInstanceType",
			problem: /^Required/,
		},
		{
			cells: { defaultInstanceType: "t1.micro" },
			path: "cells.defaultInstanceType",
			problem: /^Invalid/,
			value: "t1.micro",
		},
		{
			cells: { defaultInstanceType: "x" },
			path: "cells.defaultInstanceType",
			problem: /^Invalid/,
			value: "x",
		},
		{
			cells: { defaultInstanceType: "c5*" },
			path: "cells.defaultInstanceType",
			problem: /^Invalid/,
			value: "c5*",
		},
		{
			cells: { defaultVolumeSize: "5GB" },
			path: "cells.defaultVolumeSize",
			problem: /a quantity from 1Gi/,
			value: "5GB",
		},
		{
			cells: { defaultVolumeSize: "10" },
			path: "cells.defaultVolumeSize",
			problem: /a quantity from 1Gi/,
			value: "10",
		},
		{
			cells: { defaultVolumeSize: "1023Mi" },
			path: "cells.defaultVolumeSize",
			problem: /a quantity from 1Gi/,
			value: "1023Mi",
		},
		{
			cells: { defaultVolumeSize: "65Ti" },
			path: "cells.defaultVolumeSize",
			problem: /to 64Ti/,
			value: "65Ti",
		},
		{
			cells: { defaultVolumeSize: "-5Gi" },
			path: "cells.defaultVolumeSize",
			problem: /^Invalid/,
			value: "-5Gi",
		},
		{ cells: { defaultVolumeSize: "[5Gi]" }, path: "cells.defaultVolumeSize", problem: /^Invalid/ },
		{
			cells: { bootImageSpec: "{owners: 099720109477}" },
			path: "cells.bootImageSpec.owners",
			problem: /put it in quotes/,
			value: "099720109477",
		},
		{
			cells: { bootImageSpec: "{owners: 99720109477}" },
			path: "cells.bootImageSpec.owners",
			problem: /12-digit/,
			value: "99720109477",
		},
		{
			cells: { bootImageSpec: "{owners: 9.9720109477e+10}" },
			path: "cells.bootImageSpec.owners",
			problem: /put it in quotes/,
			value: "9.9720109477e+10",
		},
		{
			cells: { bootImageSpec: "{imageIDs: 'resolve:ssm:/my/image'}" },
			path: "cells.bootImageSpec.imageIDs",
			problem: /resolve:ssm:\/aws\/service/,
			value: "resolve:ssm:/my/image",
		},
		{
			cells: { bootImageSpec: "{imageIDs: i-123}" },
			path: "cells.bootImageSpec.imageIDs",
			problem: /ami-/,
			value: "i-123",
		},
		{
			cells: { bootImageSpec: "{filters: name}" },
			path: "cells.bootImageSpec.filters",
			problem: /name=value/,
			value: "name",
		},
		{
			cells: { bootImageSpec: "{filters: '=v'}" },
			path: "cells.bootImageSpec.filters",
			problem: /name=value/,
			value: "=v",
		},
		{
			cells: { bootImageSpec: "{filters: 'name=a,'}" },
			path: "cells.bootImageSpec.filters",
			problem: /empty values/,
			value: "name=a,",
		},
		{
			cells: { bootImageSpec: "{filters: architecture=arm64}" },
			path: "cells.bootImageSpec.filters",
			problem: /x86_64/,
			value: "architecture=arm64",
		},
		{
			cells: { bootImageSpec: "{imageIds: ami-1}" },
			path: "cells.bootImageSpec.imageIds",
			problem: /did you mean imageIDs\?/,
		},
		{
			cells: { bootImageSpec: "ami-1" },
			path: "cells.bootImageSpec",
			problem: /must be a mapping/,
			value: "ami-1",
		},
		{
			cells: { bootImageSpecs: "{x86_64: {}}" },
			path: "cells.bootImageSpecs.x86_64",
			problem: /known here are amd64, arm64/,
		},
		{
			cells: { bootImageSpec: "{}", bootImageSpecs: "{amd64: {}}" },
			path: "cells.bootImageSpecs.amd64",
			problem: /keep one of the two/,
		},
		{
			cells: { bootImageSpecs: "{amd64: {owners: '099720109477'}, arm64: {}}" },
			path: "cells.cloudInitFlavor",
			problem: /^Required/,
		},
		{
			cells: { volumeEncryption: "off" },
			path: "cells.volumeEncryption",
			problem: /default or on/,
			value: "false",
		},
		{
			cells: { volumeKmsKeyID: "alias/cells" },
			path: "cells.volumeKmsKeyID",
			problem: /volumeEncryption: on/,
		},
		{
			cells: { volumeEncryption: "on", volumeKmsKeyID: "my key" },
			path: "cells.volumeKmsKeyID",
			problem: /alias/,
			value: "my key",
		},
		{
			cells: { metadataTokens: "v2" },
			path: "cells.metadataTokens",
			problem: /required or optional/,
			value: "v2",
		},
		{
			cells: { cloudInitFlavor: "ubuntu" },
			path: "cells.cloudInitFlavor",
			problem: /elotl or canonical/,
			value: "ubuntu",
		},
		{
			cells: { itzo: "{version: 1.10}" },
			path: "cells.itzo.version",
			problem: /put it in quotes/,
			value: "1.10",
		},
		{
			cells: { itzo: "{version: a b}" },
			path: "cells.itzo.version",
			problem: /^Invalid/,
			value: "a b",
		},
		{
			cells: { itzo: "{url: 'ftp://x'}" },
			path: "cells.itzo.url",
			problem: /http or https/,
			value: "ftp://x",
		},
		{
			cells: { itzo: "latest" },
			path: "cells.itzo",
			problem: /must be a mapping/,
			value: "latest",
		},
		{
			cells: { extraCIDRs: "[10.0.0.0]" },
			path: "cells.extraCIDRs[0]",
			problem: /a CIDR/,
			value: "10.0.0.0",
		},
		{
			cells: { extraCIDRs: "[10.0.0.0/8, 10.0.0.0/33]" },
			path: "cells.extraCIDRs[1]",
			problem: /a CIDR/,
			value: "10.0.0.0/33",
		},
		{
			cells: { extraCIDRs: "10.0.0.0/8" },
			path: "cells.extraCIDRs",
			problem: /a list/,
			value: "10.0.0.0/8",
		},
		{
			cells: { extraSecurityGroups: "[default]" },
			path: "cells.extraSecurityGroups[0]",
			problem: /sg-/,
			value: "default",
		},
		{ cells: { nametag: "Shop" }, path: "cells.nametag", problem: /lower-case/, value: "Shop" },
		{ cells: { nametag: "shop-" }, path: "cells.nametag", problem: /no dash last/, value: "shop-" },
		{
			cells: { nametag: "abcdefghijklmnopqrstuvwxy" },
			path: "cells.nametag",
			problem: /at most 24/,
			value: "abcdefghijklmnopqrstuvwxy",
		},
		{
			cells: { privateIPOnly: '"true"' },
			path: "cells.privateIPOnly",
			problem: /without quotes/,
			value: "true",
		},
		{ cells: { cellConfig: "[a]" }, path: "cells.cellConfig", problem: /a mapping/ },
		{ cells: { cellConfig: "{a: {b: c}}" }, path: "cells.cellConfig.a", problem: /text/ },
		{
			cells: { cellConfig: "{token: 007}" },
			path: "cells.cellConfig.token",
			problem: /put it in quotes/,
		},
		{
			cells: { defaultIAMPermissions: "arn:aws:iam::1:role/x" },
			path: "cells.defaultIAMPermissions",
			problem: /instance profile/,
			value: "arn:aws:iam::1:role/x",
		},
		{
			cells: { sizing: "request" },
			path: "cells.sizing",
			problem: /limits or requests/,
			value: "request",
		},
		{
			cells: { vmMemoryOverheadPercent: "51" },
			path: "cells.vmMemoryOverheadPercent",
			problem: /0 to 50/,
			value: "51",
		},
		{
			cells: { vmMemoryOverheadPercent: "7.5%" },
			path: "cells.vmMemoryOverheadPercent",
			problem: /percentage/,
			value: "7.5%",
		},
		{
			cells: { agentMemory: "-1" },
			path: "cells.agentMemory",
			problem: /a quantity from 0/,
			value: "-1",
		},
		{
			cells: { burstable: "true" },
			path: "cells.burstable",
			problem: /allow or exclude/,
			value: "true",
		},
		{
			cells: { podArchitecture: "x86_64" },
			path: "cells.podArchitecture",
			problem: /amd64, arm64 or any/,
			value: "x86_64",
		},
		{
			cells: { acceleratorsForPlainPods: "1" },
			path: "cells.acceleratorsForPlainPods",
			problem: /true or false/,
			value: "1",
		},
		{
			cells: { spot: "{maxPrice: 0}" },
			path: "cells.spot.maxPrice",
			problem: /above 0/,
			value: "0",
		},
		{
			cells: { spot: "{maxPrice: $1}" },
			path: "cells.spot.maxPrice",
			problem: /a price/,
			value: "$1",
		},
		{
			cells: { spot: "{fallback: never}" },
			path: "cells.spot.fallback",
			problem: /on-demand or none/,
			value: "never",
		},
		{
			cells: { bootTimeoutSeconds: "20m" },
			path: "cells.bootTimeoutSeconds",
			problem: /whole seconds/,
			value: "20m",
		},
		{
			cells: { bootTimeoutSeconds: "59" },
			path: "cells.bootTimeoutSeconds",
			problem: /from 60/,
			value: "59",
		},
		{
			cells: { bootTimeoutSeconds: "90.5" },
			path: "cells.bootTimeoutSeconds",
			problem: /whole seconds/,
			value: "90.5",
		},
		{
			cells: { capacityTimeoutSeconds: "-1" },
			path: "cells.capacityTimeoutSeconds",
			problem: /from 0/,
			value: "-1",
		},
		{
			cells: { certificateLifetimeDays: "0" },
			path: "cells.certificateLifetimeDays",
			problem: /whole days/,
			value: "0",
		},
		{
			cells: { maxLifetime: "9m" },
			path: "cells.maxLifetime",
			problem: /from 10m to 365d/,
			value: "9m",
		},
		{
			cells: { maxLifetime: "366d" },
			path: "cells.maxLifetime",
			problem: /from 10m to 365d/,
			value: "366d",
		},
		{
			cells: { maxLifetime: "72" },
			path: "cells.maxLifetime",
			problem: /such as 30m, 72h or 7d/,
			value: "72",
		},
		{
			cells: { maxLifetime: "1h30m" },
			path: "cells.maxLifetime",
			problem: /such as 30m, 72h or 7d/,
			value: "1h30m",
		},
		{
			cells: { bootTimeoutSecond: "60" },
			path: "cells.bootTimeoutSecond",
			problem: /did you mean bootTimeoutSeconds\?/,
		},
		{ top: { cell: "{}" }, path: "cell", problem: /did you mean cells\?/ },
		{ top: { ["__proto__"]: "{cells: {}}" }, path: "__proto__", problem: /no such key/ },
	];

	it.each(cases.map((one) => ({ ...one, yaml: providerYaml(one) })))(
		"$path: $problem ($value)",
		({ yaml, path, problem, value }) => {
			const faults = faultsOf(yaml);
			expect(faults).toEqual([
				{
					path,
					problem: expect.stringMatching(problem),
					...(value === undefined ? {} : { value }),
				},
			]);
			expect(faults[0]?.problem).toMatch(/^(Required|Invalid|Unsupported): /);
		},
	);

	it("are told all at once", () => {
		const yaml = providerYaml({
			aws: { region: "FILL_IN", subnetID: undefined, vpc: "x" },
			cells: {
				defaultInstanceType: undefined,
				bootImageSpec: "{filters: broken, owner: x}",
				extraCIDRs: "[a, b]",
				sizing: "most",
			},
			top: { etc: "{}" },
		});
		expect(
			faultsOf(yaml)
				.map(({ path }) => path)
				.sort(),
		).toEqual([
			"cells.bootImageSpec.filters",
			"cells.bootImageSpec.owner",
			"cells.defaultInstanceType",
			"cells.extraCIDRs[0]",
			"cells.extraCIDRs[1]",
			"cells.sizing",
			"cloud.aws.region",
			"cloud.aws.subnetIDs",
			"cloud.aws.vpc",
			"etc",
		]);
	});

	it("name what is required in sections that are missing", () => {
		expect(faultsOf("apiVersion: v1").map(({ path }) => path)).toEqual([
			"cloud.aws.region",
			"cells.defaultInstanceType",
			"cloud.aws.subnetIDs",
		]);
	});

	it.each([
		{ when: "the file is empty", yaml: "" },
		{ when: "it is a list", yaml: "- a" },
		{ when: "it is text", yaml: "hello" },
		{ when: "it isn't YAML", yaml: "a: [1, 2\nb: }" },
		{ when: "a key stands twice", yaml: "cells: {}\ncells: {}" },
		{ when: "it has two documents", yaml: "a: 1\n---\nb: 2" },
		{ when: "it nests too deeply", yaml: `a: ${"[".repeat(1_000)}${"]".repeat(1_000)}` },
		{ when: "it holds itself", yaml: "cells: &a {b: *a}" },
		{ when: "a list holds itself", yaml: "cells: &a [*a, *a, *a]" },
		{ when: "aliases unfold", yaml: `a: &a [x]\nb: [${"*a, ".repeat(30)}*a]` },
		{ when: "it has a tag of somebody's", yaml: "a: !!js/function 'x'" },
		{ when: "it is far too large", yaml: `# ${"x".repeat(300_000)}` },
	])("say so when $when", ({ yaml }) => {
		expect(faultsOf(yaml)).toMatchObject([
			{ path: "provider.yaml", problem: expect.stringMatching(/^(Required|Invalid): /) },
		]);
	});

	it.each([
		{ when: "the YAML is broken behind it", yaml: "secretAccessKey: wJalrXUtnFEMI\n  x: [" },
		{ when: "it looks like an alias", yaml: "secretAccessKey: *wJalrXUtnFEMI" },
		{ when: "it looks like a tag", yaml: "secretAccessKey: !wJalrXUtnFEMI x" },
		{ when: "its key is misspelt", yaml: "secretAccesKey: wJalrXUtnFEMI" },
		{ when: "it stands in the wrong section", yaml: "cells: {secretAccessKey: wJalrXUtnFEMI}" },
		{ when: "it is part of an address", yaml: "cells: {itzo: {url: 'ftp://me:wJalrXUtnFEMI@h'}}" },
		{ when: "it is a launcher's setting", yaml: "cells: {cellConfig: {token: [wJalrXUtnFEMI]}}" },
	])("never show a secret when $when", ({ yaml }) => {
		const faults = faultsOf(yaml);
		expect(faults).not.toEqual([]);
		expect(JSON.stringify(faults)).not.toContain("wJalrXUtnFEMI");
	});

	it("are all that any text can cause", () => {
		const marks =
			"cells cloud aws subnetIDs bootImageSpec filters : - { } [ ] &a *a ! ' 1e3 0x ~ << | > # = ,";
		const word = fc.constantFrom("\n", "  ", ": ", "- ", "__proto__", ...marks.split(" "));
		fc.assert(
			fc.property(fc.array(fc.oneof(word, fc.string()), { maxLength: 30 }), (parts) => {
				expect(Array.isArray(faultsOf(parts.join("")))).toBe(true);
			}),
			{ numRuns: 500 },
		);
	});
});
