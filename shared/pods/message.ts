import * as z from "zod";
import type { Fault } from "../errors.ts";
import { faultAt, firstFaults, pathText, schemaProblem } from "./faults.ts";
import {
	PodDeleted,
	type PodIdentity,
	PodMetadata,
	PodScheduled,
	type ReadMessage,
	type Unreadable,
} from "./model.ts";
import { salvagedPodFaults } from "./pod-faults.ts";

/** SQS carries no more; counted in characters, of which there are never more than bytes. */
const maxBodyLength = 1024 * 1024;

/** EventBridge to SNS to SQS makes two; one more for somebody's relay. */
const maxEnvelopes = 3;

/** JSON values in one message. A real pod has hundreds, at most a few thousand. */
const maxValues = 20_000;

/** Kubernetes' own types nest less than twenty levels deep. */
const maxDepth = 64;

type Opened = Readonly<{ content: unknown }> | Readonly<{ fault: Fault }>;

/**
 * Reads a pod-scheduled message: bare, in an EventBridge event, or in an SNS notification.
 * Never throws. Faults quote identities and versions only: a pod is full of secrets.
 */
export function readPodScheduled(body: string): ReadMessage<PodScheduled> {
	const read = readAs(PodScheduled, body, faultsOfRest);
	if (read.outcome === "read") return read;
	const pod = identityIn(read.content);
	return pod === undefined
		? { outcome: "unreadable", faults: read.faults }
		: { outcome: "invalid", pod, faults: read.faults };
}

const Addressed = PodScheduled.extend({ pod: z.unknown() });

/** What the schema doesn't see is wrong with a faulty message's pod; nothing where it may mean something else. */
function faultsOfRest(content: unknown): readonly Fault[] {
	const read = Addressed.safeParse(content);
	return read.success ? salvagedPodFaults(read.data.pod) : [];
}

/**
 * Reads a pod-deleted message, in the same envelopes. Never throws.
 * One that is wrong anywhere ends nobody's cell: it may mean something else.
 */
export function readPodDeleted(
	body: string,
): Readonly<{ outcome: "read"; message: PodDeleted }> | Unreadable {
	const read = readAs(PodDeleted, body, () => []);
	return read.outcome === "read" ? read : { outcome: "unreadable", faults: read.faults };
}

type Read<Message> =
	| Readonly<{ outcome: "read"; message: Message }>
	/** `content`: what was found in the envelopes. */
	| Readonly<{ outcome: "faulty"; content?: unknown; faults: readonly Fault[] }>;

function readAs<Message>(
	schema: z.ZodType<Message>,
	body: string,
	faultsBeside: (content: unknown) => readonly Fault[],
): Read<Message> {
	const opened = unwrapped(body);
	if ("fault" in opened) return { outcome: "faulty", faults: [opened.fault] };
	const { content } = opened;
	const faults = shapeFaults(content);
	if (faults.length > 0) return { outcome: "faulty", content, faults };
	const parsed = schema.safeParse(content, { error: schemaProblem, reportInput: true });
	if (parsed.success) return { outcome: "read", message: parsed.data };
	const all = [...parsed.error.issues.map(faultOf), ...faultsBeside(content)];
	return { outcome: "faulty", content, faults: firstFaults(all) };
}

/** Takes the message out of its envelopes. */
function unwrapped(body: string): Opened {
	let content = fromJson(body);
	for (let envelopes = 0; "content" in content; envelopes++) {
		const inner = withoutEnvelope(content.content);
		if (inner === undefined) return content;
		if (envelopes === maxEnvelopes) {
			const problem = `is wrapped more than ${maxEnvelopes} times; send the message itself`;
			return { fault: faultAt("message", problem) };
		}
		content = inner;
	}
	return content;
}

function fromJson(text: string): Opened {
	if (text.length > maxBodyLength) {
		const problem = `has ${text.length} characters, more than the ${maxBodyLength} that a queue carries`;
		return { fault: faultAt("message", problem) };
	}
	try {
		const content: unknown = JSON.parse(text);
		return { content };
	} catch {
		// The parser's own message quotes what it stumbled over.
		const problem = `isn't JSON (${text.length} characters); send one JSON object`;
		return { fault: faultAt("message", problem) };
	}
}

const EventBridgeEvent = z.object({ "detail-type": z.string(), detail: z.unknown() });
const SnsNotification = z.object({ Type: z.literal("Notification"), Message: z.string() });

/** @returns undefined when this isn't an envelope. */
function withoutEnvelope(content: unknown): Opened | undefined {
	const event = EventBridgeEvent.safeParse(content);
	if (event.success) return { content: event.data.detail };
	const notification = SnsNotification.safeParse(content);
	return notification.success ? fromJson(notification.data.Message) : undefined;
}

/**
 * What no honest message has, found without recursion before any schema sees it: a schema makes an
 * object of each fault, and copies keys.
 */
function shapeFaults(content: unknown): Fault[] {
	let level: readonly unknown[] = [content];
	let count = 0;
	for (let depth = 0; level.length > 0; depth++) {
		count += level.length;
		if (depth > maxDepth) return [faultAt("message", `nests deeper than ${maxDepth} levels`)];
		if (count > maxValues) return [faultAt("message", `holds more than ${maxValues} values`)];
		if (level.some(hasPrototypeKey)) {
			return [faultAt("message", "holds the key __proto__, which no pod has")];
		}
		level = level.flatMap(membersOf);
	}
	return [];
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

const hasPrototypeKey = (value: unknown): boolean =>
	isObject(value) && Object.hasOwn(value, "__proto__");

const membersOf = (value: unknown): readonly unknown[] =>
	isObject(value) ? Object.values(value) : [];

const Attributed = z.object({
	pod: z.object({ metadata: PodMetadata.pick({ uid: true, namespace: true, name: true }) }),
});

/** @returns undefined when the message doesn't say whose pod it is. */
function identityIn(content: unknown): PodIdentity | undefined {
	const read = Attributed.safeParse(content);
	if (!read.success) return undefined;
	const { uid, namespace, name } = read.data.pod.metadata;
	return { uid, namespace, name };
}

/** Where a value may be shown, because it can't be secret. */
const shownPaths: ReadonlySet<string> = new Set([
	"apiVersion",
	"kind",
	"pod.apiVersion",
	"pod.kind",
	"metadata.uid",
	"metadata.namespace",
	"metadata.name",
	"spec.restartPolicy",
]);

function faultOf({ path: steps, message, input }: z.core.$ZodIssue): Fault {
	const [first, second] = steps;
	// As the pod's author writes it: spec.containers, not pod.spec.containers.
	const inPod = first === "pod" && (second === "metadata" || second === "spec");
	const path = pathText(inPod ? steps.slice(1) : steps) || "message";
	const isShown = shownPaths.has(path) && typeof input === "string";
	return faultAt(path, message, isShown ? input : undefined);
}
