import { randomBytes } from "node:crypto";
import http from "node:http";
import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Finding, failureOf, guarded } from "../../../infra/cli/doctor/finding.ts";
import { examineImages } from "../../../infra/cli/doctor/images.ts";
import { examineLaunches, userDataFinding } from "../../../infra/cli/doctor/launches.ts";
import { nominalLaunch } from "../../../infra/cli/doctor/nominal-launch.ts";
import { emulatorFindings } from "../../../infra/cli/doctor/place.ts";
import { examineDefaultVpc, examineSubnets } from "../../../infra/cli/doctor/subnets.ts";
import { unknowable } from "../../../infra/cli/doctor/unknowable.ts";
import { type Ec2Options, startEc2 } from "../../../infra/local/ec2/server.ts";
import { laptopAws } from "../../../infra/local/laptop-aws.ts";
import { portOf } from "../../../infra/local/port-of.ts";
import { type ProviderConfig, parseProvider } from "../../../shared/config/provider.ts";
import { ec2Images } from "../../../shared/images/images.ec2.ts";

const now = new Date("2026-11-23T08:00:00Z");
const small = { architecture: "x86_64", vcpus: 2 } as const;
const types = { "t3a.nano": small, "t3.nano": small };
const zoneA = { zoneId: "use1-az1", zone: "us-east-1a", subnetId: "subnet-000000000000000a1" };
const zoneB = { zoneId: "use1-az2", zone: "us-east-1b", subnetId: "subnet-000000000000000b2" };
const zones = [zoneA, zoneB];
const ids = zones.map(({ subnetId }) => subnetId);
const signal = () => new AbortController().signal;

const configured = (subnetIds: readonly string[] = ids, more = "", aws = ""): ProviderConfig =>
	parseProvider(
		`cloud: {aws: {region: us-east-1, subnetIDs: [${subnetIds}]${aws}}}\ncells: {defaultInstanceType: t3a.nano, ${more}}\n`,
	).config;

const at = (endpoint: string): EC2Client => {
	const ec2 = new EC2Client({ ...laptopAws, endpoint, maxAttempts: 1 });
	onTestFinished(() => ec2.destroy());
	return ec2;
};

async function simulated(options: Partial<Ec2Options> = {}) {
	const server = await startEc2({ types, zones, throttling: false, ...options });
	onTestFinished(async () => await server.close());
	return { server, ec2: at(server.endpoint) };
}

/** An EC2 that refuses some requests, and passes the others on. */
async function refusing(
	endpoint: string,
	refusalFor: (form: URLSearchParams) => readonly [code: string, message: string] | undefined,
): Promise<EC2Client> {
	const server = http.createServer(async (request, response) => {
		const body = Buffer.concat(await Array.fromAsync(request));
		const refusal = refusalFor(new URLSearchParams(body.toString()));
		if (refusal !== undefined) {
			const [code, message] = refusal;
			response
				.writeHead(403, { "content-type": "text/xml" })
				.end(
					`<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
				);
			return;
		}
		const reply = await fetch(endpoint, {
			method: "POST",
			body,
			headers: { "content-type": "application/x-www-form-urlencoded" },
		});
		response.writeHead(reply.status, { "content-type": "text/xml" }).end(await reply.text());
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	onTestFinished(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	return at(`http://127.0.0.1:${portOf(server)}`);
}

/** Of each check, its verdict. */
const verdicts = (findings: readonly Finding[]) =>
	Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]));

/** All launches that the doctor tries. */
async function launches(ec2: EC2Client, config = configured()): Promise<readonly Finding[]> {
	const { subnets } = await examineSubnets(ec2, config, signal());
	const { byArchitecture } = await examineImages(ec2Images(ec2), config, now, signal());
	const provider = { config, settings: { cellConfig: {} }, revision: "r", warnings: [] };
	const nominal = nominalLaunch(provider, "cellwright-test", now);
	const { spot } = config.cells;
	const image = byArchitecture.get.bind(byArchitecture);
	return await examineLaunches(ec2, nominal, { subnets, image, spot }, signal());
}

describe("the doctor's look at subnets", () => {
	it("finds account, region, zones and room where all is well", async () => {
		const { server, ec2 } = await simulated();
		const config = configured(ids, "", `, vpcID: ${server.vpcId}`);
		const { findings } = await examineSubnets(ec2, config, signal());
		expect(findings.filter(({ verdict }) => verdict !== "ok")).toEqual([]);
		expect(findings.map(({ says }) => says).join("\n")).toContain("account 123456789012");
		expect(findings).toContainEqual(
			expect.objectContaining({
				check: "addresses",
				says: expect.stringContaining("room for 4090"),
			}),
		);
	});

	it("names each subnet that doesn't exist, and goes on with the others", async () => {
		const { ec2 } = await simulated();
		const config = configured([
			ids[0] ?? "",
			"subnet-00000000deadbeef0",
			"subnet-00000000beefdead0",
		]);
		const { findings, subnets } = await examineSubnets(ec2, config, signal());
		const [missing] = findings.filter(({ check }) => check === "subnets");
		expect(missing).toMatchObject({ verdict: "fail" });
		expect(missing?.says).toContain("subnet-00000000deadbeef0, subnet-00000000beefdead0");
		expect(subnets.map(({ subnetId }) => subnetId)).toEqual([ids[0]]);
	});

	it("warns of one zone, and of another VPC than configured", async () => {
		const { ec2 } = await simulated();
		const config = configured(ids.slice(0, 1), "", ", vpcID: vpc-0123456789abcdef0");
		const { findings } = await examineSubnets(ec2, config, signal());
		expect(verdicts(findings)).toMatchObject({ zones: "warn", VPC: "fail", subnets: "ok" });
	});

	it.each([
		["fails where no cell finds its two addresses", ids.slice(0, 1), "fail"],
		["warns where one of several is full", ids, "warn"],
	] as const)("%s", async (_, subnetIds, verdict) => {
		const { ec2, server } = await simulated({ zones: [{ ...zoneA, prefixLength: 28 }, zoneB] });
		const taken = { DeviceIndex: 0, SubnetId: ids[0], SecondaryPrivateIpAddressCount: 9 };
		await ec2.send(
			new RunInstancesCommand({
				ImageId: server.images[0]?.imageId,
				InstanceType: "t3a.nano",
				MinCount: 1,
				MaxCount: 1,
				NetworkInterfaces: [taken],
			}),
		);
		const { findings } = await examineSubnets(ec2, configured(subnetIds), signal());
		expect(verdicts(findings)["addresses"]).toBe(verdict);
	});

	it("warns where limits.cells is more than there is room for", async () => {
		const { ec2 } = await simulated();
		const limited = { ...configured(), limits: { cells: 5_000, hourlyUsd: undefined } };
		const { findings } = await examineSubnets(ec2, limited, signal());
		expect(verdicts(findings)["addresses"]).toBe("warn");
	});

	it("has a line where EC2 doesn't answer the question", async () => {
		const { ec2 } = await simulated();
		const look = async () => await examineDefaultVpc(ec2, configured(), signal());
		expect(await guarded("default VPC", look)).toMatchObject([
			{ check: "default VPC", verdict: "not checked" },
		]);
	});
});

describe("the doctor's look at images", () => {
	it("warns of an old one, and fails where there is none", async () => {
		const { ec2 } = await simulated();
		const config = configured(
			ids,
			'bootImageSpecs: {amd64: {}, arm64: {filters: name=none-*, owners: "689494258501"}}',
		);
		const { findings, byArchitecture } = await examineImages(ec2Images(ec2), config, now, signal());
		expect(verdicts(findings)).toMatchObject({ "image x86_64": "warn", "image arm64": "fail" });
		expect(findings[0]?.says).toMatch(/elotl-kip-1217.*, x86_64, \d+ days old/);
		expect([...byArchitecture.keys()]).toEqual(["x86_64"]);
	});

	it("is content with a recent one", async () => {
		const { ec2 } = await simulated();
		const config = configured(
			ids,
			'bootImageSpecs: {amd64: {owners: "099720109477", filters: "name=ubuntu/*"}}',
		);
		const { findings } = await examineImages(ec2Images(ec2), config, now, signal());
		expect(new Set(Object.values(verdicts(findings)))).toEqual(new Set(["ok"]));
	});

	it("fails where tokens are required of a cloud-init that knows none", async () => {
		const { ec2 } = await simulated();
		const config = configured(ids, "metadataTokens: required");
		const { findings } = await examineImages(ec2Images(ec2), config, now, signal());
		expect(verdicts(findings)).toMatchObject({ "metadata, image x86_64": "fail" });
	});
});

describe("the doctor's dry runs", () => {
	it("launch nothing, one in each subnet and one of spot", async () => {
		const { ec2, server } = await simulated();
		const asked: string[] = [];
		server.events.on("taken", ({ action, parameters }) => {
			if (action === "RunInstances") asked.push(parameters["DryRun"] ?? "");
		});
		expect(await launches(ec2)).toMatchObject([
			{ check: `launch ${ids[0]}`, verdict: "ok" },
			{ check: `launch ${ids[1]}`, verdict: "ok" },
			{ check: "spot", verdict: "ok" },
		]);
		expect(asked).toEqual(["true", "true", "true"]);
	});

	it.each([
		["UnauthorizedOperation", "fail", /ec2:RunInstances.*iam:PassRole/],
		["VcpuLimitExceeded", "fail", /quota/],
		["InsufficientInstanceCapacity", "warn", /another/],
		["RequestLimitExceeded", "warn", /moment/],
		["SomethingNew", "fail", /as EC2 says/],
	] as const)("say what %s means: %s", async (code, verdict, todo) => {
		const { server } = await simulated();
		const ec2 = await refusing(server.endpoint, (form) =>
			form.get("Action") === "RunInstances" ? [code, "no, for a reason"] : undefined,
		);
		const [first] = await launches(ec2);
		expect(first).toMatchObject({
			verdict,
			says: expect.stringContaining(`${code}: no, for a reason`),
		});
		expect(first?.todo).toMatch(todo);
	});

	it("ask again where EC2 takes no more at once", async () => {
		const { server } = await simulated();
		let refusals = 0;
		const ec2 = await refusing(server.endpoint, (form) => {
			if (form.get("Action") !== "RunInstances" || refusals === 2) return undefined;
			refusals += 1;
			return ["RequestLimitExceeded", "too many"];
		});
		const found = await launches(ec2);
		expect(new Set(found.map(({ verdict }) => verdict))).toEqual(new Set(["ok"]));
	});

	it.each([
		["warn", ""],
		["fail", "spot: {fallback: on-demand}"],
	])("miss spot's service-linked role: %s with '%s'", async (verdict, cells) => {
		const { server } = await simulated();
		const ec2 = await refusing(server.endpoint, (form) =>
			form.has("InstanceMarketOptions.MarketType")
				? ["AuthFailure.ServiceLinkedRoleCreationNotPermitted", "no such role"]
				: undefined,
		);
		const found = await launches(ec2, configured(ids, cells));
		expect(verdicts(found)).toMatchObject({ [`launch ${ids[0]}`]: "ok", spot: verdict });
		expect(found.at(-1)?.todo).toContain("spot.amazonaws.com");
	});

	it("have a line where there is no subnet to launch in", async () => {
		const { ec2 } = await simulated();
		expect(await launches(ec2, configured(["subnet-00000000deadbeef0"]))).toMatchObject([
			{ check: "launch", verdict: "not checked" },
		]);
	});

	it("have a line where there is no image to launch", async () => {
		const { ec2 } = await simulated({ images: [] });
		expect(await launches(ec2)).toMatchObject([
			{ verdict: "fail", says: expect.stringContaining("no x86_64 image") },
			{ verdict: "fail" },
			{ check: "spot", verdict: "fail" },
		]);
	});
});

describe("the doctor", () => {
	it("warns before user data is full", async () => {
		const config = configured();
		const noise = randomBytes(10_000).toString("base64");
		const cloudInit = `#cloud-config\nwrite_files:\n- path: /etc/big\n  content: "${noise}"\n`;
		const zone = { ...zoneA, freeAddresses: 9 };
		const image = {
			imageId: "ami-1",
			name: "any",
			ownerId: "1",
			architecture: "x86_64",
			createdAt: "2026-01-01T00:00:00Z",
			rootDevice: { name: "/dev/xvda", sizeGib: 1, volumeType: "gp3" },
		} as const;
		const found = async (settings: { cloudInit?: string }) =>
			userDataFinding(
				await nominalLaunch(
					{ config, settings: { cellConfig: {}, ...settings }, revision: "r", warnings: [] },
					"cellwright-test",
					now,
				)(zone, () => image, signal()),
			);
		expect(await found({})).toMatchObject({ verdict: "ok" });
		const full = await found({ cloudInit });
		expect(full).toMatchObject({ verdict: "warn", todo: expect.stringContaining("shorten") });
		expect(JSON.stringify(full)).not.toContain(noise.slice(0, 20));
	});

	it("recognises an emulator by the SDK's variables", () => {
		expect(emulatorFindings({ PATH: "/bin", AWS_ENDPOINT_URL: "" })).toEqual([]);
		expect(
			emulatorFindings({
				AWS_ENDPOINT_URL: "http://127.0.0.1:4566",
				AWS_ENDPOINT_URL_EC2: "http://127.0.0.1:1",
			}),
		).toMatchObject([
			{ check: "emulator", verdict: "warn", says: expect.stringMatching(/4566.*_EC2/) },
		]);
	});

	it("says what it can't look at, and who can", () => {
		const config = configured(ids, 'volumeEncryption: "on", volumeKmsKeyID: alias/cells');
		expect(verdicts(unknowable("account", config))).toEqual({
			"vCPU quotas": "warn",
			"KMS key": "warn",
		});
		expect(
			unknowable("account", config)
				.map(({ todo }) => todo)
				.join(),
		).toContain("alias/cells");
		expect(unknowable("stack", configured())).toEqual([]);
	});

	it.each([
		["AuthFailure", "fail"],
		["ExpiredTokenException", "fail"],
		["UnauthorizedOperation", "not checked"],
		["AccessDeniedException", "not checked"],
		["InvalidAction", "not checked"],
		["TimeoutError", "fail"],
		["SomethingNew", "not checked"],
	])("has a line for %s: %s", (name, verdict) => {
		const error = Object.assign(new Error("why"), { name });
		expect(failureOf("any", error)).toMatchObject({
			check: "any",
			verdict,
			says: expect.stringContaining("why"),
		});
	});
});
