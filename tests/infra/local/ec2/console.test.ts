import {
	type EC2Client,
	GetConsoleOutputCommand,
	TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { describe, expect, it, vi } from "vitest";
import { systemClock } from "../../../../infra/local/ec2/clock.ts";
import { cloudConfig, testAuthority } from "../cell/certificates.ts";
import { refusal, run, simulator } from "./simulator.ts";

const output = async (client: EC2Client, InstanceId: string, Latest = true) => {
	const command = new GetConsoleOutputCommand({ InstanceId, Latest });
	const { Output } = await client.send(command);
	return Output === undefined ? undefined : Buffer.from(Output, "base64").toString();
};

/** The text of each line, without its time. */
const words = (text = "") =>
	text.split("\r\n").flatMap((line) => line.match(/^\[ *\d+\.\d{6}\] (.*)$/)?.slice(1) ?? []);

/** A simulator whose machines boot at once. */
const booting = (over: object = {}) =>
	simulator({
		clock: systemClock,
		faultOf: () => "none",
		bootTime: { medianMs: 0, spread: 0 },
		launcherRetryMs: 10,
		...over,
	});

describe("a machine's console", () => {
	it("says at the time of a machine that never boots why its agent doesn't come", async () => {
		const { client, clock } = await simulator({ bootTime: { medianMs: 4_000, spread: 0 } });
		const [launched] = await run(client);
		const id = launched?.InstanceId ?? "";
		expect(words(await output(client, id)).at(-1)).toMatch(/Hostname set to/);
		clock.advance(4_000);
		const text = await output(client, id);
		expect(text).toMatch(/^\[ {4}4\.000000\] systemd\[1\]: Failed to start itzo-launcher/m);
		expect(text).toContain("itzo-launcher: No such file or directory");
	});

	it("tells the whole boot of a cell, and nothing of its secrets", async () => {
		const { client } = await booting();
		const authority = testAuthority();
		const { certificate, key } = authority.sign("serverAuth");
		const files = { "ca.crt": authority.certificate, "server.crt": certificate, "server.key": key };
		const UserData = cloudConfig(files).toString("base64");
		const [launched] = await run(client, { UserData });
		const text = await vi.waitFor(
			async () => {
				const found = await output(client, launched?.InstanceId ?? "");
				expect(found).toContain("itzo listens");
				return found ?? "";
			},
			{ timeout: 20_000 },
		);
		expect(words(text).slice(-4)).toEqual([
			"cloud-init: waiting for the metadata service (IMDSv1)",
			expect.stringMatching(/^cloud-init: \d+ bytes of user data$/),
			"cloud-init: finished: 4 files written, 0 commands not run here",
			expect.stringMatching(/^itzo-launcher: itzo listens on port \d+$/),
		]);
		for (const secret of [key, certificate]) {
			for (const line of secret.split(/\r?\n/).filter((part) => part.length > 20)) {
				expect(text).not.toContain(line);
			}
		}
	});

	it.each([
		{ when: "it gets no certificates", files: {}, says: "/tmp/itzo/ca.crt does not exist" },
		{
			when: "its certificates are rubbish",
			files: { "ca.crt": "c3VzaGk", "server.crt": "c3VzaGk", "server.key": "c3VzaGk" },
			says: "ERR_OSSL_PEM_NO_START_LINE",
		},
	])("says what the launcher misses when $when", async ({ files, says }) => {
		const { client } = await booting();
		const UserData = cloudConfig(files).toString("base64");
		const [launched] = await run(client, { UserData });
		const text = await vi.waitFor(
			async () => {
				const found = await output(client, launched?.InstanceId ?? "");
				expect(found).toContain(`itzo-launcher: failed: ${says}; next start in 0.01 s`);
				return found;
			},
			{ timeout: 20_000 },
		);
		expect(text).not.toContain("c3VzaGk");
	});

	it("is still there when the machine is gone, and ends with its end", async () => {
		const { client, clock } = await simulator();
		const [launched] = await run(client);
		const id = launched?.InstanceId ?? "";
		await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
		clock.advance(60_000);
		expect(words(await output(client, id)).at(-1)).toBe("reboot: Power down");
	});

	it("is empty for a launch that died pending", async () => {
		const { client, ec2, clock } = await simulator();
		ec2.failPending({});
		const [launched] = await run(client);
		clock.advance(5_000);
		expect(await output(client, launched?.InstanceId ?? "")).toBeUndefined();
	});

	it("keeps its newest 64 KiB", async () => {
		const { client, ec2 } = await booting({ launcherRetryMs: 0 });
		const [launched] = await run(client, { UserData: cloudConfig({}).toString("base64") });
		const id = launched?.InstanceId ?? "";
		await vi.waitFor(() => expect(ec2.instance(id)?.console.length).toBe(65_536), {
			timeout: 20_000,
		});
		expect(await output(client, id)).not.toContain("Linux version");
	});
});

describe("GetConsoleOutput", () => {
	it("has nothing newer than the last change for machines that aren't Nitro", async () => {
		const { client } = await simulator({
			types: { "m5.large": { architecture: "x86_64", hypervisor: "xen" } },
		});
		const [launched] = await run(client);
		const id = launched?.InstanceId ?? "";
		expect(await refusal(output(client, id))).toMatchObject({
			code: "UnsupportedOperation",
			status: 400,
		});
		expect(await output(client, id, false)).toContain("Linux version");
	});

	it("doesn't know every instance", async () => {
		const { client } = await simulator();
		expect(await refusal(output(client, "i-0123456789abcdef9"))).toMatchObject({
			code: "InvalidInstanceID.NotFound",
		});
	});
});
