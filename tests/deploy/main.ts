/**
 * `npm run test:deploy`: the real `serverless deploy` into an emulator of AWS, pods through the deployed queue, and
 * `serverless remove`. Exits 1 if anything isn't as it should be; leaves nothing behind. Without Python, or without
 * PyPI, it is skipped.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { asProof, type Closers } from "../proof/as-proof.ts";
import { run } from "../proof/processes.ts";
import { must, print, step } from "../proof/steps.ts";
import { findPython, installed, pipEnvironment } from "../support/python.ts";
import { startPriceList } from "./cloud.ts";
import { type Emulator, ministack, startEmulator } from "./emulator.ts";
import { wrongIn } from "./log.ts";
import { prove } from "./prove.ts";

const region = "us-east-1";
const folder = resolve(import.meta.dirname, "../../.cellwright/deploy");
const logFile = join(folder, "emulator.log");
/** What the emulator runs functions with is the `node` that it finds first. */
const env = { PATH: `${dirname(process.execPath)}:${process.env["PATH"] ?? ""}` };

async function main(closers: Closers): Promise<void> {
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

await asProof(main, async () => {
	for (const line of await wrongIn(logFile).catch(() => [])) print(`  ${line}`);
	print(`the emulator's log, with what the functions wrote: ${logFile}`);
});
