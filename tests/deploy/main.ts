/**
 * `npm run test:deploy`: the real `serverless deploy` into an emulator of AWS, pods through the deployed queue, and
 * `serverless remove`. Exits 1 if anything isn't as it should be; leaves nothing behind. Without Python it is skipped.
 */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../../shared/config/load.ts";
import type { StatusEvent } from "../../shared/status/model.ts";
import { drained, queueBehind } from "./bus-queue.ts";
import { startCloud, startPriceList } from "./cloud.ts";
import { type Emulator, findPython, installed, ministack, startEmulator } from "./emulator.ts";
import { deployer, operatorsClone, serverless, stack } from "./operator.ts";
import { podBody } from "./pods.ts";
import { endProcesses, run } from "./processes.ts";
import { eventually, must, print, step } from "./steps.ts";

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

	const prices = await startPriceList(region);
	closers.unshift(async () => await prices.close());
	let emulator: Emulator | undefined;
	await step(`ministack ${ministack} runs`, async () => {
		const its = await installed(python, folder, env);
		const inherited = { ...env, AWS_ENDPOINT_URL_PRICING: prices.endpoint };
		emulator = await startEmulator(its, region, logFile, inherited);
		closers.unshift(emulator.stop);
		const node = (await run("node", ["--version"], env, 10_000)).output.trim();
		must(node.startsWith("v24."), `functions would run on Node ${node}`);
		return [`${emulator.endpoint}, functions on Node ${node}`];
	});
	if (emulator !== undefined) await proved(emulator, own);
}

async function proved(emulator: Emulator, own: string): Promise<void> {
	const providerFile = await operatorsClone(emulator, own);
	const { config } = await loadProvider(providerFile, checkCloudInit);
	const cloud = await startCloud(emulator, config);
	closers.unshift(cloud.close);
	const { ec2 } = cloud;
	const npx = serverless(await deployer(emulator), own, ec2.endpoint);
	const before = await emulator.list();
	const sqs = new SQSClient(emulator.aws);
	closers.unshift(() => sqs.destroy());

	let outputs: Readonly<Record<string, string>> = {};
	const out = (name: string): string => outputs[name] ?? "";
	await step("serverless deploy", async () => {
		await npx("deploy");
		outputs = await emulator.outputs(stack);
		return [counted((await emulator.list()).filter((each) => !before.includes(each)))];
	});

	const bus = await queueBehind(emulator, out("StatusBusName"));
	closers.unshift(bus.close);
	/** The pod's latest event, if it holds. */
	const told = async (uid: string, holds: (event: StatusEvent) => boolean, seconds: number) =>
		await eventually(
			`${uid} ${holds}`,
			async () => (await bus.take()).findLast((each) => each.podUid === uid && holds(each)),
			seconds,
			() => lines(bus.seen),
		);
	const send = async (...bodies: readonly string[]): Promise<void> => {
		const Entries = bodies.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
		await sqs.send(new SendMessageBatchCommand({ QueueUrl: out("PodScheduledQueueUrl"), Entries }));
	};
	const stateOf = (event: StatusEvent): string | undefined =>
		ec2.instance(event.instance?.instanceId ?? "")?.state;

	await step("what runs by the clock: images, market, renewal, janitor", async () => {
		const seen: string[] = [];
		for (const name of ["images", "market", "renewal", "janitor"]) {
			await npx("invoke", "--function", name);
			seen.push(name);
		}
		return [`${seen.join(", ")} did their work`];
	});

	let web: StatusEvent | undefined;
	await step("a pod gets its cell", async () => {
		await send(podBody("PodScheduled", "web"));
		web = await told("web", ({ phase }) => phase === "Ready", 60);
		must(stateOf(web) === "running", "its instance doesn't run");
		return [described(web)];
	});

	await step("an update while a cell lives", async () => {
		await npx("deploy", "--param", "logLevel=debug");
		must(
			JSON.stringify(await emulator.outputs(stack)) === JSON.stringify(outputs),
			"the stack's outputs have changed",
		);
		must(web !== undefined && stateOf(web) === "running", "the cell didn't outlive it");
		return ["all functions are new, web runs on"];
	});

	await step("replicas of a workload, and a spot pod", async () => {
		const replicas = ["worker-0", "worker-1", "worker-2"];
		await send(
			...replicas.map((uid) => podBody("PodScheduled", uid, { workload: "worker" })),
			podBody("PodScheduled", "batch", { spot: true }),
		);
		const ready: StatusEvent[] = [];
		for (const uid of [...replicas, "batch"])
			ready.push(await told(uid, ({ phase }) => phase === "Ready", 60));
		must(ready.at(-1)?.instance?.capacityType === "spot", "the spot pod isn't on spot capacity");
		return ready.map(described);
	});

	await step("a poison message is kept with its reason", async () => {
		await send("{ this is no pod");
		const letters = await eventually(
			"a dead letter",
			async () => {
				const found = await drained(sqs, out("PodScheduledDeadLettersUrl"));
				return found.length > 0 ? found : undefined;
			},
			30,
		);
		const [letter] = letters;
		must(letter?.Body === "{ this is no pod", "the dead letter isn't the message");
		const reason = letter?.MessageAttributes?.["reason"]?.StringValue;
		must(reason !== undefined && reason !== "", "the dead letter has no reason");
		return [`${reason}: ${letter?.MessageAttributes?.["faults"]?.StringValue}`];
	});

	await step("EC2 takes a spot instance back, and the pod gets another one", async () => {
		const first = await told("batch", ({ phase }) => phase === "Ready", 1);
		ec2.warnSpot(first.instance?.instanceId ?? "", 3_000);
		const warned = await told(
			"batch",
			({ conditions }) => conditions.some(({ type }) => type === "AtRisk"),
			30,
		);
		const second = await told(
			"batch",
			({ phase, attempt }) => phase === "Ready" && attempt === 2,
			60,
		);
		must(second.instance?.instanceId !== first.instance?.instanceId, "it is the same instance");
		return [`warned: ${warned.notice?.reason}`, described(second)];
	});

	await step("a deleted pod's cell ends", async () => {
		await sqs.send(
			new SendMessageCommand({
				QueueUrl: out("PodDeletedQueueUrl"),
				MessageBody: podBody("PodDeleted", "web"),
			}),
		);
		const gone = await told("web", ({ phase }) => phase === "Terminated", 30);
		const instanceId = web?.instance?.instanceId ?? "";
		await eventually(
			"its instance is gone",
			() => (ec2.instance(instanceId)?.state === "terminated" ? true : undefined),
			20,
		);
		return [`web ${gone.phase}, ${instanceId} terminated`];
	});

	await step("all pods end", async () => {
		const uids = ["worker-0", "worker-1", "worker-2", "batch"];
		for (const uid of uids)
			await sqs.send(
				new SendMessageCommand({
					QueueUrl: out("PodDeletedQueueUrl"),
					MessageBody: podBody("PodDeleted", uid),
				}),
			);
		for (const uid of uids) await told(uid, ({ phase }) => phase === "Terminated", 30);
		return [`${bus.seen.length} status events so far`];
	});

	await step("nothing was lost on the way", async () => {
		must(cloud.failures.length === 0, `EventBridge took no events: ${cloud.failures[0]}`);
		const account = emulator.aws.credentials.accessKeyId;
		for (const name of ["lost-changes", "lost-events", "cell-checks-dead-letters"]) {
			const left = await drained(sqs, `${emulator.endpoint}/${account}/${stack}-${name}`);
			must(left.length === 0, `${name} holds ${left[0]?.Body}`);
		}
		const wrong = wrongIn(await readFile(logFile, "utf8"));
		must(wrong.length === 0, `the functions' log says:\n${wrong.join("\n")}`);
		return ["no lost change, event or check; no error and no key in the functions' logs"];
	});

	await step("serverless remove leaves nothing", async () => {
		await npx("remove");
		const left = (await emulator.list()).filter((each) => !before.includes(each));
		const ours = left.filter((each) => each !== `queue ${bus.queueUrl}`);
		must(ours.length === 0, `left behind:\n${ours.join("\n")}`);
		return [`the account has what it had before: ${counted(before)}`];
	});
}

/** What nobody expects in the functions' logs: errors, refusals of IAM, what only a cell may know. */
const wrongIn = (log: string): readonly string[] =>
	log
		.split("\n")
		.filter((line) =>
			/"level":"error"|AccessDenied| ERROR \[|failed processing|PRIVATE KEY/.test(line),
		)
		.filter((line) => !line.includes('"message":"message kept as a dead letter"'))
		.map((line) => line.slice(0, 300).replace(/PRIVATE KEY.*/, "PRIVATE KEY (not shown)"));

const described = ({ podUid, phase, attempt, instance, stages }: StatusEvent): string => {
	const ms = Date.parse(stages.readyAt ?? "") - Date.parse(stages.acceptedAt);
	const where = `${instance?.instanceType} (${instance?.capacityType}) in ${instance?.zone}`;
	return `${podUid} ${phase}, attempt ${attempt}: ${instance?.instanceId} ${where}, ${(ms / 1_000).toFixed(1)} s after its message`;
};

const lines = (events: readonly StatusEvent[]): string =>
	events
		.slice(-20)
		.map(({ podUid, phase, attempt, reason = "" }) => `${podUid} ${attempt} ${phase} ${reason}`)
		.join("\n");

/** `3 queues, 1 table`: how many of which kind. */
function counted(things: readonly string[]): string {
	const kinds = Map.groupBy(things, (each) => each.slice(0, each.lastIndexOf(" ")));
	return [...kinds].map(([kind, all]) => `${all.length} × ${kind}`).join(", ");
}

async function close(): Promise<void> {
	for (const each of closers.splice(0))
		try {
			await each();
		} catch (error) {
			process.exitCode = 1;
			print(`not ended cleanly: ${error}`);
		}
	endProcesses();
}

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
	print(`the emulator's log, with what the functions wrote: ${logFile}`);
} finally {
	await close();
}
