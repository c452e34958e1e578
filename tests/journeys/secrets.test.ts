import { spawn } from "node:child_process";
import { once } from "node:events";
import { glob, mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { SSMClient } from "@aws-sdk/client-ssm";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { names } from "../../infra/local/names.ts";
import { Cell } from "../../shared/cells/model.ts";
import { forgeIssuers } from "../../shared/pki/issuers.forge.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";
import { cellwright, emptyFolder } from "../infra/cli/cellwright.ts";
import { parameterStoreProvider } from "../support/parameter-store-provider.ts";
import { quietEnvironment } from "../support/quiet-environment.ts";

const root = resolve(import.meta.dirname, "../..");
const { signal } = new AbortController();

/** How long one line may take to come, on a busy machine. */
const patienceMs = 60_000;
const envValue = "s3cr3t-env-value";

const Endpoints = z.object({ endpoints: z.object({ dynamodb: z.string(), ssm: z.string() }) });

const podFile = (name: string, resources: object): string =>
	JSON.stringify({
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace: "shop" },
		spec: {
			containers: [
				{ name: "a", image: "nginx", env: [{ name: "TOKEN", value: envValue }], resources },
			],
		},
	});

/** A folder with pods of which one is well, one has no offering, and one is wrong. */
async function folderWithPods(): Promise<string> {
	const folder = await emptyFolder();
	await mkdir(join(folder, "pods"));
	const pods = {
		well: {},
		"too-large": { limits: { cpu: "10000" } },
		wrong: { limits: { cpu: "1aa" } },
	};
	for (const [name, resources] of Object.entries(pods))
		await writeFile(join(folder, "pods", `${name}.yaml`), podFile(name, resources));
	return folder;
}

/** `cellwright up` with everything that it prints. */
function up(folder: string, provider: string) {
	const args = ["up", "--pods", "pods", "--provider", provider, "--boot-seconds", "0.3"];
	const child = spawn(process.execPath, [join(root, "infra/cli/cellwright.ts"), ...args], {
		cwd: folder,
		env: quietEnvironment(),
		stdio: ["ignore", "pipe", "pipe"],
	});
	const closed = once(child, "close");
	onTestFinished(() => void child.kill("SIGKILL"));
	const lines: string[] = [];
	const told = new Set<() => void>();
	for (const stream of [child.stdout, child.stderr])
		createInterface({ input: stream }).on("line", (line) => {
			lines.push(line);
			for (const check of told) check();
		});
	return {
		lines: lines as readonly string[],
		async line(pattern: RegExp): Promise<void> {
			const { promise, resolve: found, reject } = Promise.withResolvers<void>();
			const check = () => void (lines.some((line) => pattern.test(line)) && found());
			const fail = () => reject(new Error(`no ${pattern}: ${lines.join("\n")}`));
			const timer = setTimeout(fail, patienceMs);
			told.add(check);
			check();
			await promise.finally(() => clearTimeout(timer));
		},
		async stop() {
			child.kill("SIGINT");
			await closed;
		},
	};
}

/** The records of a running stack, and the very texts that must stand nowhere. */
async function recordsAndSecrets(folder: string) {
	const file: unknown = JSON.parse(await readFile(join(folder, ".cellwright/stack.json"), "utf8"));
	const { endpoints } = Endpoints.parse(file);
	const dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: endpoints.dynamodb });
	const ssm = new SSMClient({ ...laptopAws, endpoint: endpoints.ssm });
	onTestFinished(() => {
		dynamodb.destroy();
		ssm.destroy();
	});
	const { Items = [] } = await dynamodb.send(new ScanCommand({ TableName: names.cells }));
	const vault = ssmVault(ssm, names.authority);
	const { privateKeyPem, derivationSecret } = await vault.authority(undefined, signal);
	const issuers = forgeIssuers(vault, 0, () => new Date());
	const cellSecrets: string[] = [];
	for (const item of Items) {
		const cell = Cell.parse(unmarshall(item));
		if (!("plan" in cell) || cell.plan === undefined) continue;
		const { attempt, issuedAt } = cell.plan;
		const issuer = await issuers.named(cell.plan, signal);
		const lifetimeSeconds = 30 * 24 * 3_600;
		const plan = {
			cellName: cell.cellName,
			attempt,
			issuedAt: new Date(issuedAt),
			lifetimeSeconds,
		};
		const { credentials, fingerprint } = issuer.cell(plan);
		// Derived as launch did it, or we would look for something else.
		expect(fingerprint).toBe(cell.plan.fingerprint);
		cellSecrets.push(...linesOf(credentials.keyPem), ...linesOf(credentials.certificatePem));
	}
	expect(cellSecrets.length).toBeGreaterThan(10);
	return {
		records: JSON.stringify(Items),
		secrets: [derivationSecret, envValue, ...linesOf(privateKeyPem), ...cellSecrets],
	};
}

/** The lines between BEGIN and END. */
const linesOf = (pem: string): readonly string[] =>
	pem.split("\n").filter((line) => line !== "" && !line.startsWith("-----"));

/** What gives away a PEM block or user data, also in base64, whoever's it is. */
const marks = /-----BEGIN|PRIVATE KEY|LS0tLS1CRUdJ|#cloud-config|I2Nsb3VkLWNvbmZpZ/;

describe("a run of the embedded stack", () => {
	it.each([
		{ filesIn: "user data", provider: async () => "provider.yaml" },
		{ filesIn: "the parameter store", provider: parameterStoreProvider },
	])(
		"with cells' files in $filesIn tells no secret in output, logs or records",
		async ({ provider }) => {
			const folder = await folderWithPods();
			const stack = up(folder, await provider());
			await stack.line(/shop\/well Ready/);
			await stack.line(/shop\/too-large Failed/);
			await stack.line(/shop\/wrong Failed/);
			const commands = [
				["launch", "-f", "pods/well.yaml"],
				["explain", "pods/well.yaml", "shop/well", "shop/wrong"],
				["explain", "shop/well", "--output", "json"],
				["list", "--all", "--output", "json"],
				["list", "--all"],
				["status", "--output", "yaml"],
				["status", "shop/well", "--output", "json"],
				["authority"],
				["authority", "--output", "json"],
				["client-certificate", "client"],
			];
			const outputs: string[] = [];
			for (const command of commands) {
				const { code, stdout, stderr } = await cellwright(folder, ...command);
				expect({ command, code, stderr }).toMatchObject({ code: 0 });
				outputs.push(stdout, stderr);
			}
			const planned = await cellwright(folder, "plan", "-f", "pods/well.yaml", "--show-content");
			expect(planned.code).toBe(0);
			const { records, secrets } = await recordsAndSecrets(folder);
			await stack.stop();

			const logs: string[] = [];
			for await (const path of glob(join(folder, ".cellwright/logs/*.jsonl")))
				logs.push(await readFile(path, "utf8"));
			expect(logs.join("")).toContain("cell launched");
			const everything = [...stack.lines, ...outputs, ...logs, records].join("\n");
			expect(everything).toContain("shop/well");
			expect(everything).not.toMatch(marks);
			// It shows the masked user data, whose first line is no secret.
			const told = everything + planned.stdout + planned.stderr;
			expect(planned.stdout).toContain("(private key, 227 bytes)");
			expect(planned.stdout.replaceAll("#cloud-config", "")).not.toMatch(marks);
			expect(secrets.filter((secret) => told.includes(secret))).toEqual([]);
		},
	);
});
