import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { GetQueueUrlCommand, SQSClient } from "@aws-sdk/client-sqs";
import * as z from "zod";
import type { StatusEvent } from "../../shared/status/model.ts";
import { messagesPage } from "../messages/page.ts";
import { eventually, must } from "../proof/steps.ts";
import { drained } from "./bus-queue.ts";
import type { Emulator } from "./emulator.ts";
import { podBody } from "./pods.ts";

/** Of the page's Python: what a consumer reads. */
const Received = z.object({ detail: z.object({ podUid: z.string(), phase: z.string() }) });

/**
 * The stacks of docs/messages.md as they are written there: pods by rules of the operator's, and a consumer's queue.
 * They are gone afterwards, the pods are not.
 *
 * @param deployment whose bus and queues these are.
 * @param folder for the templates.
 * @param ready waits for a pod.
 * @returns uids of the pods, and what was seen.
 */
export async function rulesOfThePage(
	emulator: Emulator,
	deployment: string,
	folder: string,
	ready: (uid: string) => Promise<StatusEvent>,
): Promise<Readonly<{ uids: readonly string[]; seen: readonly string[] }>> {
	const page = await messagesPage();
	const [pods = "", consumer = ""] = page.all("yaml cloudformation");
	const events = new EventBridgeClient(emulator.aws);
	const sqs = new SQSClient(emulator.aws);
	const made: string[] = [];
	const stack = async (name: string, template: string) => {
		const file = join(folder, `${name}.yaml`);
		await writeFile(file, template);
		await emulator.stack(name, file, "Deployment", deployment);
		made.push(name);
	};
	const say = async (DetailType: string, detail: unknown) => {
		const Entry = { Source: "my.cluster", DetailType, Detail: JSON.stringify(detail) };
		const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries: [Entry] }));
		must(FailedEntryCount === 0, "EventBridge didn't take the cluster's event");
	};
	try {
		await stack("page-pods", pods);
		await stack("page-consumer", consumer);
		const bare: { pod: unknown } = JSON.parse(podBody("PodScheduled", "by-transformer"));
		await say("Pod Scheduled", bare.pod);
		await say("Cellwright Message", JSON.parse(podBody("PodScheduled", "by-message")));
		const uids = ["by-transformer", "by-message"];
		const seen: string[] = [];
		for (const uid of uids) seen.push(`${uid} ${(await ready(uid)).phase}`);
		const { QueueUrl = "" } = await sqs.send(
			new GetQueueUrlCommand({ QueueName: `${deployment}-consumer` }),
		);
		const phases = new Map<string, string>();
		await eventually(
			"the consumer's queue has both",
			async () => {
				for (const { Body = "" } of await drained(sqs, QueueUrl)) {
					const { podUid, phase } = Received.parse(JSON.parse(Body)).detail;
					phases.set(podUid, phase);
				}
				return uids.every((uid) => phases.get(uid) === "Ready") ? true : undefined;
			},
			20,
		);
		return { uids, seen: [...seen, "the consumer's own queue has both"] };
	} finally {
		for (const name of made.reverse()) await emulator.removeStack(name);
		events.destroy();
		sqs.destroy();
	}
}
