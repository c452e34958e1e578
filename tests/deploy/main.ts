/**
 * `npm run test:deploy`: the real `serverless deploy` into an emulator of AWS, pods through the deployed queue, and
 * `serverless remove`. Exits 1 if anything isn't as it should be; leaves nothing behind. Without Python, or without
 * PyPI, it is skipped.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { findPython, installed, pipEnvironment } from "../support/python.ts";
import { startPriceList } from "./cloud.ts";
import { type Emulator, ministack, startEmulator } from "./emulator.ts";
import { wrongIn } from "./log.ts";
import { endProcesses, run } from "./processes.ts";
import { prove } from "./prove.ts";
import { must, print, step } from "./steps.ts";

const region = "us-east-1";
const folder = resolve(import.meta.dirname, "../../.cellwright/deploy");
const logFile = join(folder, "emulator.log");
const closers: (() => unknown)[] = [];
/** What the emulator runs functions with is the `node` that it finds first. */
const env = { PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}` };

async function main(): Promise<void> {
	const python = await findPython(env);
	if (python === undefined) {
		print("skipped: the emulator needs Python 3 with its venv module (Debian: python3-venv)");
		return;
	}
	await mkdir(folder, { recursive: true });
	const own = await mkdtemp(join(folder, "run-"));
	closers.unshift(async () => await rm(own, { recursive: true, force: true }));

	let its: string;
	try {
		const home = join(folder, `ministack-${ministack}`);
		its = await installed(python, home, [`ministack==${ministack}`], pipEnvironment(env));
	} catch (error) {
		print(`skipped: ministack ${ministack} can't be installed from PyPI:\n${error}`);
		return;
	}
	const prices = await startPriceList(region);
	closers.unshift(async () => await prices.close());
	let emulator: Emulator | undefined;
	await step(`ministack ${ministack} runs`, async () => {
		const inherited = { ...env, AWS_ENDPOINT_URL_PRICING: prices.endpoint };
		emulator = await startEmulator(its, region, logFile, inherited);
		closers.unshift(emulator.stop);
		const node = (await run("node", ["--version"], env, 10_000)).output.trim();
		must(node.startsWith("v24."), `functions would run on Node ${node}`);
		return [`${emulator.endpoint}, functions on Node ${node}`];
	});
	if (emulator !== undefined) await prove(emulator, own, logFile, closers);
}

async function close(): Promise<void> {
	for (const each of closers.splice(0))
		try {
			await each();
		} catch (error) {
			process.exitCode = 1;
			print(`not ended cleanly: ${error}`);
		}
}

// However it ends, nothing that it has started runs on.
process.once("exit", endProcesses);

for (const signal of ["SIGINT", "SIGTERM"] as const)
	process.once(signal, () => {
		print(`${signal}: ending everything`);
		void close().finally(() => process.exit(1));
	});

try {
	await main();
} catch (error) {
	process.exitCode = 1;
	print(String(error instanceof Error ? error.message : error));
	for (const line of await wrongIn(logFile).catch(() => [])) print(`  ${line}`);
	print(`the emulator's log, with what the functions wrote: ${logFile}`);
} finally {
	await close();
}
