import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../../shared/config/load.ts";
import type { StatusEvent } from "../../shared/status/model.ts";
import { eventually, must, step } from "../proof/steps.ts";
import { drained, queueBehind } from "./bus-queue.ts";
import { startCloud } from "./cloud.ts";
import type { Emulator } from "./emulator.ts";
import { wrongIn } from "./log.ts";
import { deployer, operatorsClone, serverless, stack } from "./operator.ts";
import { podBody } from "./pods.ts";
import { rulesOfThePage } from "./rules.ts";

/**
 * Deploys, sends pods, and removes, step by step.
 *
 * @param clone an empty folder.
 * @param logFile what the emulator and the functions write.
 * @param closers what is to be ended afterwards, the last first.
 * @throws what is wrong with the first step that fails.
 */
export async function prove(
	emulator: Emulator,
	clone: string,
	logFile: string,
	closers: (() => unknown)[],
): Promise<void> {
	const providerFile = await operatorsClone(emulator, clone);
	const { config } = await loadProvider(providerFile, checkCloudInit);
	const cloud = await startCloud(emulator, config);
	closers.unshift(cloud.close);
	const { ec2 } = cloud;
	const npx = serverless(await deployer(emulator), clone, ec2.endpoint);
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
	/** The pod's latest event for which it holds, once there is one. */
	const told = async (
		uid: string,
		what: string,
		holds: (event: StatusEvent) => boolean,
		seconds: number,
	) =>
		await eventually(
			`${uid} ${what}`,
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
		web = await told("web", "Ready", isReady, 60);
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
		return ["the outputs are as before, web runs on"];
	});

	await step("replicas of a workload, and a spot pod", async () => {
		const replicas = ["worker-0", "worker-1", "worker-2"];
		await send(
			...replicas.map((uid) => podBody("PodScheduled", uid, { workload: "worker" })),
			podBody("PodScheduled", "batch", { spot: true }),
		);
		const ready: StatusEvent[] = [];
		for (const uid of [...replicas, "batch"]) ready.push(await told(uid, "Ready", isReady, 60));
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

	let byRules: readonly string[] = [];
	await step("pods by EventBridge rules, and a consumer, as on docs/messages.md", async () => {
		const ready = async (uid: string) => await told(uid, "Ready", isReady, 60);
		const { uids, seen } = await rulesOfThePage(emulator, stack, clone, ready);
		byRules = uids;
		return seen;
	});

	await step("EC2 takes a spot instance back, and the pod gets another one", async () => {
		const first = await told("batch", "Ready", isReady, 1);
		ec2.warnSpot(first.instance?.instanceId ?? "", 3_000);
		const warned = await told(
			"batch",
			"at risk",
			({ conditions }) => conditions.some(({ type }) => type === "AtRisk"),
			30,
		);
		const second = await told(
			"batch",
			"Ready again",
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
		const gone = await told("web", "Terminated", isTerminated, 30);
		const instanceId = web?.instance?.instanceId ?? "";
		await eventually(
			"its instance is gone",
			() => (ec2.instance(instanceId)?.state === "terminated" ? true : undefined),
			20,
		);
		return [`web ${gone.phase}, ${instanceId} terminated`];
	});

	await step("all pods end", async () => {
		const uids = ["worker-0", "worker-1", "worker-2", "batch", ...byRules];
		for (const uid of uids)
			await sqs.send(
				new SendMessageCommand({
					QueueUrl: out("PodDeletedQueueUrl"),
					MessageBody: podBody("PodDeleted", uid),
				}),
			);
		for (const uid of uids) await told(uid, "Terminated", isTerminated, 30);
		return [`${bus.seen.length} status events so far`];
	});

	await step("nothing was lost on the way", async () => {
		must(cloud.failures.length === 0, `EventBridge took no events: ${cloud.failures[0]}`);
		const account = emulator.aws.credentials.accessKeyId;
		for (const name of ["lost-changes", "lost-events", "cell-checks-dead-letters"]) {
			const left = await drained(sqs, `${emulator.endpoint}/${account}/${stack}-${name}`);
			must(left.length === 0, `${name} holds ${left[0]?.Body}`);
		}
		const wrong = await wrongIn(logFile);
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

const isReady = ({ phase }: StatusEvent): boolean => phase === "Ready";
const isTerminated = ({ phase }: StatusEvent): boolean => phase === "Terminated";

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
