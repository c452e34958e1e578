import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { SSMClient } from "@aws-sdk/client-ssm";
import { bundled, type FunctionName, functionNames } from "../infra/bundle.ts";
import { functionEnv } from "../infra/local/function-env.ts";
import { laptopAws } from "../infra/local/laptop-aws.ts";
import { startParameters } from "../infra/local/parameters-server.ts";
import { newAuthority } from "../shared/pki/authority.forge.ts";
import { ssmVault } from "../shared/pki/vault.ssm.ts";
import { type BenchRow, median } from "./report.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
/** Inside the project, so that what a bundle leaves outside is found. */
const folder = join(root, ".build/bench");
const rounds = 9;

/** What a deployment embeds; without care, functions read the file at their start. */
const provider = { path: join(root, "provider.yaml"), region: laptopAws.region };

/** Targets for the size of what is deployed and for its import, from the performance page. */
const targets: Readonly<
	Partial<Record<FunctionName, { importMs: [number, number]; kb: [number, number] }>>
> = {
	launch: { importMs: [90, 55], kb: [200, 110] },
	readiness: { importMs: [65, 50], kb: [110, 80] },
};

/**
 * Cold start: the import of each function's bundle in a fresh process, whole, with what it reads and asks for
 * at its start (the authority, from a parameter store on loopback), beside the same entry bundled without care.
 */
export async function bundlesBench(): Promise<readonly BenchRow[]> {
	await mkdir(folder, { recursive: true });
	const parameters = await startParameters();
	const authority = "/cellwright/bench";
	const ssm = new SSMClient({ ...laptopAws, endpoint: parameters.endpoint });
	await ssmVault(ssm, authority).found(newAuthority(new Date()), AbortSignal.timeout(10_000));
	ssm.destroy();
	const nowhere = "http://127.0.0.1:9/000000000000/none";
	const env = functionEnv({
		endpoints: {
			sqs: nowhere,
			dynamodb: nowhere,
			ec2: nowhere,
			events: nowhere,
			ssm: parameters.endpoint,
			pricing: nowhere,
		},
		queues: {
			podScheduled: nowhere,
			deadLetters: nowhere,
			cellChecks: nowhere,
			podDeleted: nowhere,
			podDeletedDeadLetters: nowhere,
		},
		authority,
		providerFile: provider.path,
		bootTimeoutSeconds: 1200,
		region: laptopAws.region,
	});
	try {
		const rows: BenchRow[] = [];
		for (const name of functionNames) rows.push(...(await measured(name, env)));
		return rows;
	} finally {
		await parameters.close();
		await rm(folder, { recursive: true });
	}
}

async function measured(
	name: FunctionName,
	env: Readonly<Record<string, string>>,
): Promise<readonly BenchRow[]> {
	const [ours, naive] = [await bundled(name, { provider }), await bundled(name, { care: false })];
	const path = (kind: string) => join(folder, `${name}-${kind}.mjs`);
	await writeFile(path("ours"), ours.text);
	await writeFile(path("naive"), naive.text);
	const ourMs: number[] = [];
	const naiveMs: number[] = [];
	for (let round = 0; round < rounds; round++) {
		ourMs.push(await importMs(path("ours"), env));
		naiveMs.push(await importMs(path("naive"), env));
	}
	const target = targets[name];
	const atMost = (pair: [number, number] | undefined) =>
		pair === undefined ? {} : { target: { atMost: pair[0], stretch: pair[1] } };
	return [
		{
			what: `${name}: import`,
			measured: median(ourMs),
			unit: "ms",
			baseline: { name: "bundled without care", measured: median(naiveMs) },
			...atMost(target?.importMs),
			// 0.45 times the careless one.
			...(name === "launch" ? { targetRatio: 2.22 } : {}),
		},
		{
			what: `${name}: bundle, gzipped`,
			measured: ours.gzippedBytes / 1000,
			unit: "KB",
			baseline: { name: "bundled without care", measured: naive.gzippedBytes / 1000 },
			...atMost(target?.kb),
			note: `${Math.round(ours.text.length / 1000)} KB minified`,
		},
	];
}

async function importMs(path: string, env: Readonly<Record<string, string>>): Promise<number> {
	const script = `const start = performance.now(); await import(${JSON.stringify(path)}); process.stdout.write(String(performance.now() - start), () => process.exit(0));`;
	const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], {
		env: { ...env },
	});
	return Number(stdout);
}
