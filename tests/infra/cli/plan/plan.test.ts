import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { startStack } from "../../../../infra/local/stack.ts";
import { Decision } from "../../../../shared/offerings/model.ts";
import { parameterStoreProvider } from "../../../support/parameter-store-provider.ts";
import { podScheduledBody } from "../../../support/watched-stack.ts";
import { cellwright, emptyFolder } from "../cellwright.ts";

const root = resolve(import.meta.dirname, "../../../..");

const Planned = z.object({
	basis: z.object({ imagesFrom: z.string(), issuersFrom: z.string() }),
	pods: z.array(
		z.object({
			pod: z.object({ name: z.string() }),
			faults: z.array(z.unknown()),
			decision: Decision.optional(),
			plan: z
				.object({
					image: z.object({ imageId: z.string() }),
					identity: z.record(z.string(), z.string()),
					userData: z.object({
						text: z.string(),
						plainBytes: z.int(),
						gzippedBytes: z.int(),
						limitBytes: z.literal(16_384),
						sentAs: z.enum(["text", "gzip"]),
					}),
					parameters: z.array(z.object({ name: z.string(), bytes: z.int() })),
					parametersText: z.string(),
					request: z.looseObject({
						ClientToken: z.string(),
						ImageId: z.string(),
						InstanceType: z.string(),
						UserData: z.strictObject({
							sha256: z.string().regex(/^[0-9a-f]{64}$/),
							bytes: z.int(),
						}),
					}),
				})
				.optional(),
		}),
	),
});

const plan = async (folder: string, ...args: readonly string[]) => {
	const { stdout, stderr, code } = await cellwright(folder, "plan", "--output", "json", ...args);
	expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
	return Planned.parse(JSON.parse(stdout));
};

const examples = ["examples/pods/web-small.yaml", "examples/pods/spot-batch.yaml"];

describe("plan", () => {
	it("shows the decision that explain shows, and a request that fits it", async () => {
		const folder = await emptyFolder();
		const { pods, basis } = await plan(folder, "-f", "examples/pods/web-small.yaml");
		const explained = await cellwright(
			folder,
			"explain",
			"examples/pods/web-small.yaml",
			"--output",
			"json",
		);
		expect(pods[0]?.decision).toEqual(JSON.parse(explained.stdout).pods[0].decision);
		expect(pods[0]?.plan?.request.InstanceType).toBe(pods[0]?.decision?.chosen?.instanceType);
		expect(pods[0]?.plan?.image.imageId).toBe(pods[0]?.plan?.request.ImageId);
		expect(basis.imagesFrom).toContain("placeholder");
	});

	it("masks every secret, in both forms", async () => {
		const folder = await emptyFolder();
		for (const output of ["table", "json"]) {
			const { stdout } = await cellwright(folder, "plan", "-f", ...examples, "--output", output);
			expect(stdout).toContain("(private key, 227 bytes)");
			expect(stdout).not.toMatch(/BEGIN|PRIVATE KEY/);
			expect(stdout).not.toContain("This machine runs one pod");
		}
	});

	it("shows what the operator's files hold when told to, but no key", async () => {
		const folder = await emptyFolder();
		const args = ["-f", "examples/pods/web-small.yaml"];
		const [hidden, shown] = [
			await plan(folder, ...args),
			await plan(folder, ...args, "--show-content"),
		];
		const motd = /\(content, \d+ bytes\)/;
		expect(hidden.pods[0]?.plan?.userData.text).toMatch(motd);
		expect(shown.pods[0]?.plan?.userData.text).not.toMatch(motd);
		expect(shown.pods[0]?.plan?.userData.text).not.toContain("BEGIN");
	});

	it("shows parameters instead of user data where cells use the parameter store", async () => {
		const provider = await parameterStoreProvider();
		const { pods } = await plan(
			await emptyFolder(),
			"-f",
			"examples/pods/web-small.yaml",
			"--provider",
			provider,
		);
		const preview = pods[0]?.plan;
		expect(preview?.parameters).toMatchObject([{ name: "/kip/cells/<instance id>/config" }]);
		expect(preview?.parametersText).toContain('server.key: "(private key, 227 bytes)"');
		expect(preview?.userData.text).not.toContain("/tmp/itzo");
	});

	it("names the faults of a pod that gets no cell, and plans nothing for it", async () => {
		const folder = await emptyFolder();
		const wrong = { apiVersion: "v1", kind: "Pod", metadata: { name: "web" } };
		const resources = { limits: { cpu: "1aa" } };
		await writeFile(
			join(folder, "pod.yaml"),
			JSON.stringify({ ...wrong, spec: { containers: [{ name: "a", image: "b", resources }] } }),
		);
		const { pods } = await plan(folder, "-f", "pod.yaml");
		expect(pods[0]?.faults).toHaveLength(1);
		expect(pods[0]).not.toHaveProperty("plan");
	});

	it("ends with 2 for files that aren't there, and for user data that is too large", async () => {
		const folder = await emptyFolder();
		expect(await cellwright(folder, "plan", "-f", "no.yaml")).toMatchObject({ code: 2 });
		const yaml = await readFile(join(root, "provider.yaml"), "utf8");
		await rm(join(folder, "provider.yaml"));
		await writeFile(
			join(folder, "provider.yaml"),
			yaml.replace("examples/cloud-init.yaml", "big.yaml"),
		);
		const noise = Array.from({ length: 9_000 }, (_, index) => (index * 7_919).toString(36)).join(
			" ",
		);
		await writeFile(join(folder, "big.yaml"), `write_files:\n- path: /a\n  content: ${noise}\n`);
		const { code, stderr } = await cellwright(folder, "plan", "-f", "examples/pods/web-small.yaml");
		expect(stderr).toMatch(/EC2's limit +16384/);
		expect(code).toBe(2);
	});

	it("is what launch then sends, image and authority of the running stack's", async () => {
		const folder = await emptyFolder();
		const sent = Promise.withResolvers<string>();
		const stack = await startStack({
			providerFile: join(root, "provider.yaml"),
			onCell: (cell) => {
				if (cell.phase === "Booting") sent.resolve(JSON.stringify(cell.plan));
			},
		});
		onTestFinished(async () => await stack.stop());
		await mkdir(join(folder, ".cellwright"));
		await writeFile(
			join(folder, ".cellwright/stack.json"),
			JSON.stringify({
				pid: process.pid,
				endpoints: stack.endpoints,
				podScheduledQueue: "q",
				cellsTable: "cellwright-cells",
			}),
		);
		const body = podScheduledBody("plan-1");
		await writeFile(join(folder, "pod.json"), JSON.stringify(JSON.parse(body).pod));
		const { pods, basis } = await plan(folder, "-f", "pod.json");
		expect(basis).toMatchObject({ imagesFrom: "of the running stack" });
		await stack.enqueue(body);
		const launched = JSON.parse(await sent.promise);
		expect(launched).toMatchObject({
			clientToken: pods[0]?.plan?.request.ClientToken,
			image: pods[0]?.plan?.image,
			authorityId: pods[0]?.plan?.identity["authorityId"],
			offering: { instanceType: pods[0]?.plan?.request.InstanceType },
		});
	});
});
