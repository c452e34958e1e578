import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, it, onTestFinished } from "vitest";
import { filesInParameters } from "../../../../infra/local/cell/launcher-parameters.ts";
import { startMetadata } from "../../../../infra/local/cell/metadata.ts";
import { laptopAws } from "../../../../infra/local/laptop-aws.ts";
import { startParameters } from "../../../../infra/local/parameters-server.ts";

const { signal } = new AbortController();

/** What the launcher finds on a machine whose metadata service asks for tokens. */
async function found(parameters: Readonly<Record<string, string>>) {
	const [store, metadata] = await Promise.all([startParameters(), startMetadata(Date.now)]);
	const ssm = new SSMClient({ ...laptopAws, endpoint: store.endpoint });
	onTestFinished(async () => {
		ssm.destroy();
		await Promise.all([store.close(), metadata.close()]);
	});
	for (const [name, Value] of Object.entries(parameters)) {
		const Name = `/kip/cells/i-1/${name}`;
		await ssm.send(new PutParameterCommand({ Name, Value, Type: "SecureString" }));
	}
	const url = metadata.add({
		instanceId: "i-1",
		instanceType: "t3.nano",
		imageId: "ami-1",
		zone: "us-east-1a",
		address: "127.0.16.4",
		hostname: "cell",
		httpTokens: "required",
		metadataProtocol: "IMDSv1",
		userData: Buffer.alloc(0),
	});
	const files = (await filesInParameters(store.endpoint, url, signal))?.files;
	return files && Object.fromEntries([...files].map(([path, { content }]) => [path, `${content}`]));
}

describe("the launcher's parameters", () => {
	it.each([
		{ when: "there are none", parameters: {}, files: undefined },
		{
			when: "there is one",
			parameters: { config: "a: b\n" },
			files: { "/tmp/itzo/a": "b" },
		},
		{
			when: "there are parts",
			parameters: { "config-0": "a: |\n  x", "config-1": "y\nb: yes\n" },
			files: { "/tmp/itzo/a": "xy\n", "/tmp/itzo/b": "yes" },
		},
		{
			when: "the parts have a gap",
			parameters: { "config-0": "a: b\n", "config-2": "c: d\n" },
			files: { "/tmp/itzo/a": "b" },
		},
		{
			when: "the parts are Kip's",
			parameters: { config_0: "a: b\n" },
			files: undefined,
		},
	])("are these files when $when", async ({ parameters, files }) => {
		expect(await found(parameters)).toEqual(files);
	});

	it.each([
		{ when: "there are two forms", parameters: { config: "a: b", "config-0": "a: b" } },
		{ when: "they are no mapping", parameters: { config: "hush: [" } },
	])("are refused when $when, without their content", async ({ parameters }) => {
		const error = await found(parameters).catch((thrown: unknown) => String(thrown));
		expect(error).toMatch(/^TellableError: /);
		expect(error).not.toContain("hush");
	});
});
