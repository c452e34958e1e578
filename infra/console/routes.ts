import type { IncomingMessage, ServerResponse } from "node:http";
import * as z from "zod";
import type { Fault } from "../../shared/errors.ts";
import { explainRecord } from "../cli/explain/explanation.ts";
import { storyOf } from "../cli/status/pod-story.ts";
import { capacityPatternFrom } from "../cli/up/capacity-options.ts";
import { answerJson, bodyOf, RequestRefused, refusal } from "./answers.ts";
import type { PodDetail } from "./api.ts";
import type { KnownPod, PodFeed } from "./feed.ts";
import type { PodLauncher } from "./launcher.ts";
import type { SwitchableEc2 } from "./switchboard.ts";

/** What the page can ask for beside the stream. */
export type ConsoleActions = Readonly<{
	pods: PodFeed;
	switches: SwitchableEc2;
	launcher: PodLauncher;
}>;

type Asked = Readonly<{ request: IncomingMessage; actions: ConsoleActions; id: string }>;

/** One way in; see api.ts for what each means. */
type Route = Readonly<{
	method: "GET" | "POST" | "PATCH" | "DELETE";
	/** Its only group is an id. */
	path: RegExp;
	/** @returns undefined: done, and nothing to say. */
	answer(asked: Asked): object | undefined | Promise<object | undefined>;
}>;

const text = z.string("must be a text");
const yesOrNo = z.boolean("must be true or false");
const within = (least: number, most: number, problem: string) =>
	z.number(problem).min(least, problem).max(most, problem);
const seconds = (least: number, most: number) =>
	within(least, most, `must be seconds from ${least} to ${most}`);
const factorProblem = "must be a number from 0.01 to 1000, or false for no throttling";

const LaunchRequest = z.strictObject({ yaml: text, check: yesOrNo.optional() });
const Interrupt = z.strictObject({ warningSeconds: seconds(0, 600) });
const Capacity = z.strictObject({ pattern: text });
const Nothing = z.strictObject({});
const Switched = z.strictObject({
	throttling: z
		.union([z.literal(false), within(0.01, 1_000, factorProblem)], factorProblem)
		.optional(),
	bootSeconds: seconds(0.1, 600).optional(),
	neverBoots: yesOrNo.optional(),
});

const routes: readonly Route[] = [
	{ method: "POST", path: /^\/api\/pods$/, answer: launched },
	{ method: "GET", path: /^\/api\/pods\/([^/]+)$/, answer: detail },
	{ method: "DELETE", path: /^\/api\/pods\/([^/]+)$/, answer: removed },
	{ method: "POST", path: /^\/api\/pods\/([^/]+)\/interrupt$/, answer: interrupted },
	{ method: "POST", path: /^\/api\/pods\/([^/]+)\/end$/, answer: ended },
	{ method: "PATCH", path: /^\/api\/switchboard$/, answer: switched },
	{ method: "POST", path: /^\/api\/switchboard\/capacity$/, answer: taken },
	{ method: "DELETE", path: /^\/api\/switchboard\/capacity\/([^/]+)$/, answer: givenBack },
];

/**
 * Answers a request of the API.
 *
 * @throws RequestRefused where it can't be done.
 */
export async function routed(
	request: IncomingMessage,
	response: ServerResponse,
	path: string,
	actions: ConsoleActions,
): Promise<void> {
	const there = routes.filter((each) => each.path.test(path));
	const route = there.find(({ method }) => method === request.method);
	if (route === undefined) {
		if (there.length === 0) throw refusal(404, path, "there is no such thing");
		const methods = there.map(({ method }) => method);
		response.setHeader("allow", methods.join(", "));
		throw refusal(405, "method", `must be ${methods.join(" or ")}`);
	}
	const id = route.path.exec(path)?.[1] ?? "";
	const body = await route.answer({ request, actions, id: decoded(id) });
	if (body !== undefined) answerJson(response, 200, body);
	else response.writeHead(204).end();
}

function decoded(id: string): string {
	try {
		return decodeURIComponent(id);
	} catch {
		throw refusal(400, id, "isn't percent-encoded as it should be");
	}
}

async function launched({ request, actions }: Asked): Promise<object> {
	const { yaml, check = false } = await bodyOf(request, LaunchRequest);
	return check ? await actions.launcher.check(yaml) : await actions.launcher.launch(yaml);
}

function detail(asked: Asked): PodDetail {
	const { cell, row, events } = known(asked);
	return { row, story: storyOf(cell), explanation: explainRecord(cell), events };
}

async function removed(asked: Asked): Promise<undefined> {
	await asked.actions.launcher.remove(known(asked).cell.pod);
}

async function interrupted(asked: Asked): Promise<undefined> {
	const { warningSeconds } = await bodyOf(asked.request, Interrupt);
	inEc2(() => asked.actions.switches.interrupt(machine(known(asked)), warningSeconds));
}

async function ended(asked: Asked): Promise<undefined> {
	await bodyOf(asked.request, Nothing);
	inEc2(() => asked.actions.switches.end(machine(known(asked))));
}

async function switched({ request, actions: { switches } }: Asked): Promise<undefined> {
	const { throttling, bootSeconds, neverBoots } = await bodyOf(request, Switched);
	if (throttling !== undefined) switches.setThrottling(throttling);
	if (bootSeconds !== undefined) switches.setBootSeconds(bootSeconds);
	if (neverBoots !== undefined) switches.setNeverBoots(neverBoots);
}

async function taken({ request, actions }: Asked): Promise<undefined> {
	const { pattern: text } = await bodyOf(request, Capacity);
	const faults: Fault[] = [];
	const pattern = capacityPatternFrom("pattern", text, faults);
	if (pattern === undefined) throw new RequestRefused(422, faults);
	actions.switches.takeCapacity(pattern);
}

function givenBack({ actions, id }: Asked): undefined {
	if (!actions.switches.giveCapacityBack(id))
		throw refusal(404, id, "nothing is taken away under this id");
}

function known({ actions, id }: Asked): KnownPod {
	const pod = actions.pods.pod(id);
	if (pod === undefined) throw refusal(404, id, "no pod has this uid, or it ended long ago");
	return pod;
}

function machine({ cell }: KnownPod): Readonly<{ instanceId: string; pod: string }> {
	if (cell.phase !== "Booting" && cell.phase !== "Ready")
		throw refusal(409, "pod", `has no instance now: it is ${cell.phase}`);
	const { pod, instance } = cell;
	return { instanceId: instance.instanceId, pod: `${pod.namespace}/${pod.name}` };
}

/** What the simulated EC2 won't do it says with a RangeError. */
function inEc2(act: () => void): void {
	try {
		act();
	} catch (error) {
		if (error instanceof RangeError) throw refusal(409, "instance", error.message);
		throw error;
	}
}
