import { join, resolve } from "node:path";
import {
	CreateQueueCommand,
	GetQueueAttributesCommand,
	type Message,
	ReceiveMessageCommand,
	SendMessageCommand,
	SQSClient,
} from "@aws-sdk/client-sqs";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { schemaFile } from "../../infra/schemas/generate.ts";
import { StatusEvent } from "../../shared/status/model.ts";
import { eventually, must, step } from "../proof/steps.ts";
import type { watchedStack } from "../support/watched-stack.ts";
import { messagesPage } from "./page.ts";
import type { Terminal } from "./snippets.ts";

const root = resolve(import.meta.dirname, "../..");

type Watched = Awaited<ReturnType<typeof watchedStack>>;

/** A deployment that is nothing but queues: what is sent to it can be looked at. */
const onlooker = "onlooker";

/**
 * Runs the snippets of docs/messages.md as they are written, and looks at what they send and receive.
 *
 * @throws what is wrong with the first step that fails.
 */
export async function prove(watched: Watched, typed: Terminal): Promise<void> {
	const page = await messagesPage();
	const sqs = new SQSClient({ ...laptopAws, endpoint: watched.stack.endpoints.sqs });
	const ours = () => watched.events.filter(({ source }) => source === "cellwright");
	const statuses = () => ours().map(({ detail }) => StatusEvent.parse(detail));
	const told = async (uid: string, phase: StatusEvent["phase"]) =>
		await eventually(
			`${uid} ${phase}`,
			() => statuses().findLast((each) => each.podUid === uid && each.phase === phase),
			30,
			() => watched.lines.slice(-10).join("\n"),
		);
	const message = page.first("json pod-scheduled");
	// PyPI has version 1 of the aws CLI.
	const [sends = "", deletes = ""] = page
		.all("sh aws")
		.map((text) => `${page.first("sh aws-1")}\n${text}`);
	await typed.file("message.json", message);
	await typed.file("deleted.json", page.first("json pod-deleted"));
	const { uid }: { uid: string } = JSON.parse(message).pod.metadata;

	try {
		await step("the aws CLI sends a pod, which gets its cell", async () => {
			await typed.shell(sends);
			return [shown(await told(uid, "Ready"))];
		});

		await step("boto3 sends a pod, which gets its cell", async () => {
			await typed.python(page.first("python boto3"));
			const ready = await eventually(
				"report-1 Ready",
				() => statuses().find(({ name, phase }) => name === "report-1" && phase === "Ready"),
				30,
			);
			return [shown(ready)];
		});

		await step("the aws CLI deletes a pod, whose cell ends", async () => {
			await typed.shell(deletes);
			return [shown(await told(uid, "Terminated"))];
		});

		await step("the consumer sees what it has not seen, and nothing twice", async () => {
			const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: consumerQueue }));
			const events = ours().filter(({ detail }) => StatusEvent.parse(detail).podUid === uid);
			// As the bus hands them on: the first one again at the end, and late.
			for (const { source, detailType, detail } of [...events, ...events.slice(0, 1)])
				await sqs.send(
					new SendMessageCommand({
						QueueUrl,
						MessageBody: JSON.stringify({ source, "detail-type": detailType, detail }),
					}),
				);
			const service = await typed.service(page.first("python consumer"));
			const lines = await eventually(
				"a line for the last event",
				() => (service.lines.at(-1)?.includes("Terminated") ? service.lines : undefined),
				20,
				() => service.lines.join("\n"),
			);
			await eventually("all events are taken", async () => await isEmpty(sqs, QueueUrl), 20);
			await service.end();
			must(lines.length === events.length, `${events.length} events, but:\n${lines.join("\n")}`);
			return lines;
		});

		const sent: unknown[] = [];
		await step("messages are as the published schemas say", async () => {
			for (const queue of ["pod-scheduled", "pod-deleted"])
				await sqs.send(new CreateQueueCommand({ QueueName: `${onlooker}-${queue}` }));
			const elsewhere = { CELLWRIGHT_DEPLOYMENT: onlooker };
			await typed.shell(sends, elsewhere);
			await typed.python(page.first("python boto3"), elsewhere);
			await typed.shell(deletes, elsewhere);
			const cellwright = `"${process.execPath}" "${join(root, "infra/cli/cellwright.ts")}"`;
			const manifests = `"${join(root, "examples/pods/web-small.yaml")}"`;
			await typed.shell(`${cellwright} launch -f ${manifests}`, {
				...elsewhere,
				AWS_REGION: laptopAws.region,
			});
			sent.push(...(await bodies(sqs, `${onlooker}-pod-scheduled`, 3)));
			await faultless(typed, "pod-scheduled.v1.json", sent);
			const deleted = await bodies(sqs, `${onlooker}-pod-deleted`, 1);
			await faultless(typed, "pod-deleted.v1.json", deleted);
			await typed.python(page.first("python eventbridge"), {
				AWS_ENDPOINT_URL_EVENTBRIDGE: watched.stack.endpoints.events,
			});
			const { detailType, detail } = await eventually(
				"an event from another account",
				() => watched.events.find(({ source }) => source === "my.reports"),
				10,
			);
			must(detailType === "Cellwright Message", `the event's detail type is ${detailType}`);
			await faultless(typed, "pod-scheduled.v1.json", [detail]);
			return [`${sent.length} messages to pod-scheduled, ${deleted.length} to pod-deleted`];
		});

		await step("status events are as the published schema says", async () => {
			const details = ours().map(({ detail }) => detail);
			await faultless(typed, "status-event.v1.json", details);
			return [
				`${details.length} events, ${new Set(statuses().map(({ phase }) => phase)).size} phases`,
			];
		});

		await step("the schemas can say no", async () => {
			const [message] = sent;
			const faulty = [
				{ ...(message as object), apiVersion: "cellwright.dev/v0" },
				{ kind: "PodScheduled" },
			];
			const faults = await typed.faults(schemaFile("pod-scheduled.v1.json"), faulty);
			must(
				faults.every((each) => each.length > 0),
				`a wrong message has no fault: ${JSON.stringify(faults)}`,
			);
			const wrong = [{ ...statuses()[0], phase: "Sleeping" }];
			const [first = []] = await typed.faults(schemaFile("status-event.v1.json"), wrong);
			must(first.length > 0, "a status event in an unknown phase has no fault");
			return [...faults.flat(), ...first];
		});
	} finally {
		sqs.destroy();
	}
}

const consumerQueue = "cellwright-consumer";

const shown = ({ namespace, name, phase, instance }: StatusEvent): string =>
	`${namespace}/${name} ${phase}${instance === undefined ? "" : `, ${instance.instanceType}`}`;

async function faultless(typed: Terminal, schema: string, values: readonly unknown[]) {
	must(values.length > 0, `nothing to check by ${schema}`);
	const faults = await typed.faults(schemaFile(schema), values);
	const wrong = faults.flatMap((each, index) =>
		each.map((fault) => `${fault} in ${JSON.stringify(values[index])}`),
	);
	must(wrong.length === 0, `${schema}:\n${wrong.join("\n")}`);
}

/** The next messages of a queue, read as JSON. */
async function bodies(sqs: SQSClient, queue: string, count: number): Promise<readonly unknown[]> {
	const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: queue }));
	const found: Message[] = [];
	return await eventually(
		`${count} messages in ${queue}`,
		async () => {
			const asked = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
			found.push(...((await sqs.send(asked)).Messages ?? []));
			return found.length === count
				? found.map(({ Body }): unknown => JSON.parse(Body ?? ""))
				: undefined;
		},
		10,
	);
}

async function isEmpty(sqs: SQSClient, QueueUrl: string | undefined): Promise<true | undefined> {
	const { Attributes = {} } = await sqs.send(
		new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }),
	);
	const { ApproximateNumberOfMessages, ApproximateNumberOfMessagesNotVisible } = Attributes;
	return ApproximateNumberOfMessages === "0" && ApproximateNumberOfMessagesNotVisible === "0"
		? true
		: undefined;
}
