/**
 * `npm run test:messages`: the snippets of docs/messages.md, as they are written, against the embedded stack, and the
 * published JSON Schemas against what is really sent and announced. Exits 1 if anything isn't as the page says. Without
 * Python, or without PyPI, it is skipped.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { laptopDeployment } from "../../infra/cli/place/place.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { asProof, type Closers } from "../proof/as-proof.ts";
import { print, step } from "../proof/steps.ts";
import { findPython, installed, pipEnvironment } from "../support/python.ts";
import { watchedStack } from "../support/watched-stack.ts";
import { prove } from "./prove.ts";
import { terminal } from "./snippets.ts";

/** @see https://pypi.org: boto3 and awscli of one day share their botocore. */
const packages = ["boto3==1.44.5", "awscli==1.46.3", "jsonschema==4.26.0"];
const folder = resolve(import.meta.dirname, "../../.cellwright/messages");
const env = { PATH: process.env["PATH"] ?? "" };

async function main(closers: Closers): Promise<void> {
	const python = await findPython(env);
	if (python === undefined) {
		print("skipped: the snippets need Python 3 with its venv module (Debian: python3-venv)");
		return;
	}
	const home = join(folder, packages.join("-").replaceAll("==", "-"));
	let own: string;
	try {
		own = await installed(python, home, packages, pipEnvironment(env));
	} catch (error) {
		print(`skipped: ${packages.join(", ")} can't be installed from PyPI:\n${error}`);
		return;
	}
	await mkdir(folder, { recursive: true });
	const files = await mkdtemp(join(folder, "run-"));
	closers.push(async () => await rm(files, { recursive: true, force: true }));
	let watched: Awaited<ReturnType<typeof watchedStack>> | undefined;
	await step("the embedded stack runs", async () => {
		watched = await watchedStack();
		closers.unshift(watched.stack.stop);
		return [watched.stack.endpoints.sqs];
	});
	if (watched === undefined) return;
	// What the page tells people to export, and nothing else of this machine's.
	const exported = {
		...env,
		CELLWRIGHT_DEPLOYMENT: laptopDeployment,
		AWS_ENDPOINT_URL_SQS: watched.stack.endpoints.sqs,
		AWS_DEFAULT_REGION: laptopAws.region,
		AWS_ACCESS_KEY_ID: "local",
		AWS_SECRET_ACCESS_KEY: "local",
		AWS_EC2_METADATA_DISABLED: "true",
	};
	await prove(watched, terminal(files, own, exported));
}

await asProof(main);
