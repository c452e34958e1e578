import { randomInt } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, get } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ended, run, started } from "../proof/processes.ts";
import { loopbackCertificate } from "./certificate.ts";

/** @see https://pypi.org/project/ministack/ */
export const ministack = "1.5.33";
/** Of the account: ministack takes it for the account's root. */
const accountId = "123456789012";
const secretAccessKey = "emulated";
const here = import.meta.dirname;

type Environment = Readonly<Record<string, string>>;

/** AWS, but for EC2, on a free port of this machine, with roles that count: as AWS, it only answers over TLS. */
export type Emulator = Readonly<{
	endpoint: string;
	/** For the SDK's clients. */
	aws: Readonly<{
		region: string;
		endpoint: string;
		credentials: Readonly<{ accessKeyId: string; secretAccessKey: string }>;
		requestHandler: Readonly<{ httpsAgent: Agent }>;
	}>;
	/** For programs: they find no other AWS, and no credentials but these. */
	env: Environment;
	/** Everything in the account of the kinds that a deployment is made of. */
	list(): Promise<readonly string[]>;
	outputs(stack: string): Promise<Readonly<Record<string, string>>>;
	/** Makes a stack from a template with one parameter. */
	stack(name: string, templateFile: string, parameter: string, value: string): Promise<void>;
	removeStack(name: string): Promise<void>;
	/** Makes a user who may do what a policy says. @returns the environment of their programs. */
	user(name: string, policyFile: string): Promise<Environment>;
	stop(): Promise<void>;
}>;

/**
 * Starts the emulator.
 *
 * @param python with ministack.
 * @param logFile what the emulator and the functions write.
 * @param inherited by the functions, too.
 */
export async function startEmulator(
	python: string,
	region: string,
	logFile: string,
	inherited: Environment,
): Promise<Emulator> {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-deploy-"));
	const { certPem, keyPem } = loopbackCertificate(new Date());
	const certFile = join(folder, "certificate.pem");
	const keyFile = join(folder, "key.pem");
	await writeFile(certFile, certPem);
	await writeFile(keyFile, keyPem, { mode: 0o600 });
	const port = await freePort();
	const endpoint = `https://127.0.0.1:${port}`;
	const common = {
		PATH: inherited["PATH"] ?? "",
		HOME: folder,
		TMPDIR: folder,
		AWS_EC2_METADATA_DISABLED: "true",
		NODE_EXTRA_CA_CERTS: certFile,
	};
	const child = started(python, [join(here, "emulator.py")], {
		...inherited,
		...common,
		BIND_HOST: "127.0.0.1",
		GATEWAY_PORT: String(port),
		MINISTACK_HOST: "127.0.0.1",
		MINISTACK_REGION: region,
		USE_SSL: "1",
		MINISTACK_SSL_CERT: certFile,
		MINISTACK_SSL_KEY: keyFile,
		// Who calls what is checked against the roles' policies, as IAM does.
		AUTH: "true",
		AWS_SECRET_ACCESS_KEY: secretAccessKey,
	});
	const log = createWriteStream(logFile);
	child.stdout?.pipe(log, { end: false });
	child.stderr?.pipe(log, { end: false });
	const agent = new Agent({ ca: certPem, keepAlive: true });
	const stop = async () => {
		agent.destroy();
		await ended(child);
		log.end();
		await rm(folder, { recursive: true, force: true });
	};
	const env = {
		...common,
		AWS_ENDPOINT_URL: endpoint,
		AWS_REGION: region,
		AWS_DEFAULT_REGION: region,
		AWS_ACCESS_KEY_ID: accountId,
		AWS_SECRET_ACCESS_KEY: secretAccessKey,
		AWS_CA_BUNDLE: certFile,
	};
	const ask = async (...args: string[]) =>
		JSON.parse((await run(python, [join(here, "account.py"), ...args], env, 60_000)).output);
	try {
		await answering(endpoint, agent, () => child.exitCode === null);
	} catch (error) {
		await stop();
		throw error;
	}
	return {
		endpoint,
		aws: {
			region,
			endpoint,
			credentials: { accessKeyId: accountId, secretAccessKey },
			requestHandler: { httpsAgent: agent },
		},
		env,
		list: async () => await ask("list"),
		outputs: async (stack) => await ask("outputs", stack),
		stack: async (...args) => void (await ask("stack", ...args)),
		removeStack: async (name) => void (await ask("unstack", name)),
		user: async (name, policyFile) => ({ ...env, ...(await ask("user", name, policyFile)) }),
		stop,
	};
}

/** Until it answers, for at most two minutes. */
async function answering(endpoint: string, agent: Agent, isAlive: () => boolean): Promise<void> {
	const endsAt = Date.now() + 120_000;
	for (;;) {
		const status = await statusOf(`${endpoint}/_ministack/health`, agent);
		if (status === 200) return;
		if (!isAlive() || Date.now() > endsAt)
			throw new Error("the emulator doesn't answer; its log says why");
		await delay(100);
	}
}

const statusOf = async (url: string, agent: Agent): Promise<number | undefined> =>
	await new Promise((resolve) => {
		get(url, { agent }, (reply) => {
			reply.resume();
			resolve(reply.statusCode);
		}).on("error", () => resolve(undefined));
	});

/** Free, and below those that systems hand out by themselves: none of them takes it before the emulator does. */
async function freePort(): Promise<number> {
	for (;;) {
		const port = randomInt(20_000, 30_000);
		const isFree = await new Promise<boolean>((resolve) => {
			const server = createServer()
				.once("error", () => resolve(false))
				.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
		});
		if (isFree) return port;
	}
}
