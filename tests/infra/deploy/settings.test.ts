import { describe, expect, it } from "vitest";
import { deploymentSettings, type Parameters } from "../../../infra/deploy/settings.ts";
import { parseProvider } from "../../../shared/config/provider.ts";
import { providerYaml } from "../../support/provider-yaml.ts";

const none: Parameters = {
	dynamodbRouteTables: "",
	dynamodbPrefixList: "",
	cellRoles: "",
	logLevel: "info",
	ec2Endpoint: "",
	command: "package",
};
type Deploying = [Record<string, string>?, Partial<Parameters>?, string?];
const deployed = (
	cells: Record<string, string> = {},
	parameters: Partial<Parameters> = {},
	stage = "dev",
) => {
	const { config } = parseProvider(providerYaml({ cells }));
	return deploymentSettings("cellwright", stage, config, { ...none, ...parameters });
};
const settingsOf = (...args: Deploying) => {
	const result = deployed(...args);
	if ("faults" in result) throw new Error(JSON.stringify(result.faults));
	return result.settings;
};
const faultsOf = (...args: Deploying) => {
	const result = deployed(...args);
	return "faults" in result ? result.faults.map(({ path }) => path) : [];
};

describe("the settings of a deployment", () => {
	it("name it by service and stage", () => {
		expect(settingsOf({}, {}, "blue-2").environment).toEqual({
			CONTROLLER_ID: "cellwright-blue-2",
			LOG_LEVEL: "info",
		});
	});

	it.each([
		{ profile: undefined, roles: "", passed: undefined },
		{ profile: "my-cells", roles: "", passed: ":role/my-cells" },
		{
			profile: "arn:aws:iam::123456789012:instance-profile/team/my-cells",
			roles: "",
			passed: ":role/team/my-cells",
		},
		{ profile: "my-cells", roles: "cells-role", passed: ":role/cells-role" },
	])("pass $passed for profile $profile and roles '$roles'", ({ profile, roles, passed }) => {
		const { passesRoles, cellRoleArns } = settingsOf(
			profile === undefined ? {} : { defaultIAMPermissions: profile },
			{ cellRoles: roles },
		);
		expect(passesRoles).toBe(passed === undefined ? "no" : "yes");
		if (passed !== undefined)
			expect(cellRoleArns[0]?.["Fn::Sub"]).toMatch(new RegExp(`${passed}$`));
	});

	it.each([
		{ key: undefined, volumeKey: "none" },
		{ key: "alias/cells", volumeKey: "by-alias" },
		{ key: "12345678-1234-1234-1234-123456789012", volumeKey: "by-arn" },
	])("know the volumes' key $key as $volumeKey", ({ key, volumeKey }) => {
		const cells = key === undefined ? {} : { volumeEncryption: "'on'", volumeKmsKeyID: key };
		expect(settingsOf(cells).volumeKey).toBe(volumeKey);
	});

	it("let the operator's networks reach pods, and never the agent", () => {
		const { cellsIngress } = settingsOf({ extraCIDRs: "[10.8.0.0/16]" });
		const tcp = cellsIngress.filter((rule) => Reflect.get(rule, "IpProtocol") === "tcp");
		const open = (port: number) =>
			tcp.some(
				(rule) => Reflect.get(rule, "FromPort") <= port && port <= Reflect.get(rule, "ToPort"),
			);
		expect([0, 80, 6420, 6421, 6422, 65_535].filter((port) => !open(port))).toEqual([6421]);
	});

	it("need the VPC's id to be deployed, and not to be packaged", () => {
		expect(faultsOf({}, { command: "package" })).toEqual([]);
		expect(faultsOf({}, { command: "deploy" })).toEqual(["cloud.aws.vpcID"]);
	});

	it("name every fault at once", () => {
		const parameters = {
			dynamodbRouteTables: "rtb-0123456789abcdef0, table",
			dynamodbPrefixList: "list",
			cellRoles: "a b",
			logLevel: "loud",
		};
		expect(faultsOf({ cloudInitFile: "../cloud-init.yaml" }, parameters, "Live")).toEqual([
			"--stage",
			"params: dynamodbRouteTables",
			"params: dynamodbPrefixList",
			"params: logLevel",
			"params: cellRoles",
			"cells.cloudInitFile",
			"cloud.aws.vpcID",
		]);
	});

	it("ask for the prefix list where the region's isn't known", () => {
		const { config } = parseProvider(providerYaml({}), { region: "eu-south-2" });
		const result = deploymentSettings("cellwright", "dev", config, none);
		expect(result).toMatchObject({
			faults: [{ problem: expect.stringContaining("com.amazonaws.eu-south-2.dynamodb") }],
		});
		const told = { ...none, dynamodbPrefixList: "pl-0123456789abcdef0" };
		expect(deploymentSettings("cellwright", "dev", config, told)).toHaveProperty("settings");
	});
});
