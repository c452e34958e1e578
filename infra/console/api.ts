import type { Cell, Phase } from "../../shared/cells/model.ts";
import type { Explanation } from "../cli/explain/explanation.ts";
import type { PodStory } from "../cli/status/pod-story.ts";
import type { Dashboard, Widget } from "../dashboards/definition.ts";

// What the local console's server and its page say to each other, as JSON. Times are ISO 8601 where they are text and
// milliseconds since 1970 where they are numbers. Nothing here holds a pod's containers, user data or a key.

/** GET /api/stream (server-sent events): the `event` and its `data`. Everything is sent anew to whoever connects. */
export type StreamEvents = Readonly<{
	/** First of all, once. */
	hello: Hello;
	/** Each change of a pod's record, and each pod there is at the beginning. */
	pod: PodRow;
	/** At most every two seconds, and only what has changed. */
	charts: Charts;
	switchboard: Switchboard;
}>;

export type Hello = Readonly<{
	/** The server's clock, to draw what goes on until now. */
	nowMs: number;
	startedMs: number;
	region: string;
	providerFile: string;
	/** Where the queues and tables are, for people who want to look. */
	endpoints: Readonly<Record<string, string>>;
	/** A pod to begin with in the form. */
	examplePod: string;
}>;

/** One row of the timeline. */
export type PodRow = Readonly<{
	uid: string;
	namespace: string;
	name: string;
	/** Grows with each change: an older one that comes late is dropped. */
	version: number;
	phase: Phase;
	attempt: number;
	/** Of a cell that ends, has ended or failed. */
	reason?: string;
	message?: string;
	/** What it waits for, its losses and warnings: a sentence each. */
	news: readonly string[];
	/** Of the plan that is in force. */
	offering?: Readonly<{
		instanceType: string;
		zone: string;
		capacityType: "spot" | "on-demand";
		hourlyUsd: number;
	}>;
	instanceId?: string;
	address?: string;
	/** In the order of time, without gaps; the last one goes on until now unless `toMs` is there. */
	spans: readonly Span[];
	marks: readonly Mark[];
}>;

/** What a pod did for a while. One that has ended or failed has a last span of no length, or until its machine is gone. */
export type Span = Readonly<{
	what: "waiting" | "launching" | "booting" | "ready" | "ending" | "ended" | "failed";
	/** Of `waiting`: the one that is waited for. */
	attempt: number;
	fromMs: number;
	toMs?: number;
}>;

/** What happened at one moment. */
export type Mark = Readonly<{
	what: "refused" | "warned" | "lost";
	atMs: number;
	attempt: number;
	/** For people: what was refused, and why. */
	text: string;
}>;

/** The dashboards' widgets with what the run's own metrics say, drawn from infra/dashboards. */
export type Charts = Readonly<{
	dashboard: Dashboard["name"];
	/** Beginnings of the periods, seconds since 1970: what a time-series library takes as x. */
	periodStarts: readonly number[];
	periodSeconds: number;
	rows: readonly (readonly ChartWidget[])[];
}>;

export type ChartWidget = Readonly<{
	title: string;
	width: Widget["width"];
}> &
	(
		| Readonly<{
				shows: "lines" | "stacked" | "latest";
				axis: string;
				/** A value for each period; null: no observation. */
				lines: readonly Readonly<{ label: string; points: readonly (number | null)[] }>[];
				/** AWS alone measures this: no run on one machine shows it. */
				onlyAws: boolean;
		  }>
		| Readonly<{ shows: "log"; counts: readonly Readonly<{ value: string; times: number }>[] }>
	);

/** What the simulated EC2 has been told to do. */
export type Switchboard = Readonly<{
	/** What it has none of. */
	withoutCapacity: readonly Readonly<{ id: string; pattern: string }>[];
	/** EC2's request rates times this number; false: no throttling. */
	throttling: number | false;
	/** Median of the boot times of cells that are launched from now on. */
	bootSeconds: number;
	/** Cells that are launched from now on never boot. */
	neverBoots: boolean;
	/** The switches' own history, newest first, at most 50: for the page's log. */
	log: readonly Readonly<{ atMs: number; text: string }>[];
}>;

/**
 * GET /api/pods/<uid>: one pod's whole story.
 * 404 with a `Refused` where there is none.
 */
export type PodDetail = Readonly<{
	row: PodRow;
	story: PodStory;
	explanation: Explanation;
	/** The status events that were put on the bus, newest first. */
	events: readonly Readonly<{ atMs: number; phase: Cell["phase"]; text: string }>[];
}>;

/**
 * POST /api/pods with `LaunchRequest`: launches pods from YAML, everything that `launch -f` takes.
 * 200 with `Launched`; 422 with `Refused` and every fault. With `check: true` nothing is sent: `Launched` then says
 * what each pod would get.
 */
export type LaunchRequest = Readonly<{ yaml: string; check?: boolean }>;

export type Launched = Readonly<{
	pods: readonly Readonly<{
		namespace: string;
		name: string;
		/** Absent where it was only checked. */
		uid?: string;
		/** Which offering it would get, or why none, in one sentence. */
		choice?: string;
	}>[];
}>;

/** The answer to whatever can't be done: 4xx. */
export type Refused = Readonly<{
	faults: readonly Readonly<{
		/** Where in the YAML, such as `spec.containers[0].resources`; or the field of the request. */
		path: string;
		problem: string;
		/** Of the YAML, from 1, where it is known. */
		line?: number;
	}>[];
}>;

/**
 * The other ways in. All answer 204, or 4xx with `Refused`. POST and PATCH need `Content-Type: application/json` even
 * where there is nothing to send.
 *
 * - DELETE /api/pods/<uid>: the pod is gone
 * - POST /api/pods/<uid>/interrupt with `Interrupt`: EC2 takes its spot cell back
 * - POST /api/pods/<uid>/end: somebody else ends its instance
 * - POST /api/switchboard/capacity with `{ "pattern": "c7*@us-east-1a/spot" }`: takes it away
 * - DELETE /api/switchboard/capacity/<id>: gives it back
 * - PATCH /api/switchboard with any of `throttling`, `bootSeconds`, `neverBoots`
 */
export type Interrupt = Readonly<{
	/** From the warning to the end; EC2's is 120. */
	warningSeconds: number;
}>;
