import { GetParametersByPathCommand, SSMClient } from "@aws-sdk/client-ssm";
import { describe, expect, it, onTestFinished } from "vitest";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { parameterStoreProvider } from "../support/parameter-store-provider.ts";
import { podScheduledBody, watchedStack } from "../support/watched-stack.ts";

describe("cells with their files in the parameter store", () => {
	it("are ready without a secret in their user data, and leave nothing behind when they fail", async () => {
		const { stack, cell, eventually, history, events, lines } = await watchedStack({
			providerFile: await parameterStoreProvider(),
			// Long enough for a cell that boots on a busy machine; one that never does has three attempts.
			bootTimeoutSeconds: 8,
			ec2: {
				bootTime: { medianMs: 300, spread: 0.2 },
				throttling: 10,
				faultOf: ({ instanceType }) => (instanceType.startsWith("c") ? "never-boots" : "none"),
			},
		});
		onTestFinished(async () => await stack.stop());
		const ssm = new SSMClient({ ...laptopAws, endpoint: stack.endpoints.ssm });
		onTestFinished(() => ssm.destroy());
		const parametersOf = async (instanceId: string) => {
			const Path = `/kip/cells/${instanceId}`;
			const input = { Path, Recursive: true, WithDecryption: true };
			const { Parameters = [] } = await ssm.send(new GetParametersByPathCommand(input));
			return Parameters;
		};

		await stack.enqueue(podScheduledBody("store-1"));
		const one = await cell("store-1", "Ready");
		const [config, ...more] = await parametersOf(one.instance.instanceId);
		expect(more).toEqual([]);
		expect(config).toMatchObject({ Type: "SecureString" });
		expect(config?.Value).toMatch(/^ca\.crt: [\s\S]*^server\.key: /m);

		const url = stack.ec2.metadataUrl(one.instance.instanceId);
		const userData = await (await fetch(`${url}/latest/user-data`)).text();
		expect(userData).toMatch(/^#cloud-config\n/);
		expect(userData).not.toMatch(/BEGIN|\/tmp\/itzo/);

		const labels = { "node.kubernetes.io/instance-type": "c5.large" };
		await stack.enqueue(
			podScheduledBody("store-2", {
				spec: {
					nodeSelector: labels,
					containers: [{ name: "web", image: "nginx:1.27", resources: {} }],
				},
			}),
		);
		const booting = await cell("store-2", "Booting");
		expect(await parametersOf(booting.instance.instanceId)).toHaveLength(1);
		const failed = await cell("store-2", "Failed");
		expect(failed.reason).toBe("BootTimeout");
		await eventually("the end of store-2", () =>
			history.find(({ podUid, stages }) => podUid === "store-2" && stages.endedAt !== undefined),
		);
		expect(await parametersOf(booting.instance.instanceId)).toEqual([]);
		expect(await parametersOf(one.instance.instanceId)).toHaveLength(1);

		const everything = JSON.stringify([history, events, lines]);
		expect(everything).toContain("store-2");
		expect(everything).not.toMatch(
			/-----BEGIN|PRIVATE KEY|write_files|s3cr3t-env-value|server\.key/,
		);
	});
});
