import type { Context } from "aws-lambda";
import { cellCheckBody } from "../../shared/agent/model.ts";
import { Phase } from "../../shared/cells/model.ts";
import { setAsideTimes } from "../../shared/offerings/set-aside.ts";
import { wakeUpBody } from "../../shared/queues/wake-up.ts";
import type { Log, LogFields } from "../../shared/telemetry/log.ts";
import { anImage, morning, secondsLater } from "../support/cells.ts";
import { memoryCellParameters } from "../support/memory-cell-parameters.ts";
import { memoryLimits } from "../support/memory-limits.ts";
import { memorySetAsideList } from "../support/memory-set-aside.ts";
import { memorySightings } from "../support/memory-sightings.ts";
import { memoryTurns } from "../support/memory-turns.ts";
import { simulatedAgent } from "./agent.ts";
import { simulatedCells, type Written } from "./cells.ts";
import { plainBirth, simulatedEc2 } from "./ec2.ts";
import { eventOf } from "./events.ts";
import {
	type EveryPort,
	interruption,
	launchBatch,
	readinessBatch,
	reconcileBatch,
	sweepOnce,
	type TakesMessages,
	terminateBatch,
} from "./functions.ts";
import type { History } from "./history.ts";
import { cheapIssuers, cheapUserData, clientCredentialsUntil } from "./identities.ts";
import type { Watch } from "./invariants.ts";
import { type SimulatedQueue, simulatedQueue } from "./queue.ts";
import { reaching } from "./reaching.ts";
import { chooser, hourlyUsdOf, settingsFor, twoSubnets } from "./settings.ts";
import type { Worker, World } from "./world.ts";

/** A bug that is planted: other ports for the workers of one function, or of all. */
export type Plant = (ports: EveryPort, functionName: string, worker: Worker) => EveryPort;

export const controllerId = "simulation";

/** Every function's time-out. */
const functionMs = 30_000;

/** Invocations of one function at a time. */
const concurrency = 5;

/** Shards of the stream: a pod's changes are all in one. */
const shardCount = 2;

/** All functions, queues and tables, and the EC2 that they see, in virtual time. */
export type Deployment = ReturnType<typeof deploy>;

export function deploy(
	history: History,
	world: World,
	watch: Watch,
	plantAnew: (() => Plant) | undefined,
) {
	const plant = plantAnew?.();
	const { now, nowMs } = world;
	const shards: { records: Written[]; worker: Worker | undefined; notBeforeMs: number }[] =
		Array.from({ length: shardCount }, () => ({ records: [], worker: undefined, notBeforeMs: 0 }));
	const cells = simulatedCells(
		nowMs,
		() => world.draw(history.indexLateSeconds * 1000 + 1),
		(written) => {
			const { podUid } = written.after;
			shards[Number(podUid.split("-")[1] ?? 0) % shardCount]?.records.push(written);
			watch.written(written);
		},
	);
	const queues = {
		podScheduled: simulatedQueue(
			{ name: "pod-scheduled", visibilitySeconds: 60, maxReceives: 1000 },
			world,
		),
		cellChecks: simulatedQueue(
			{ name: "cell-checks", visibilitySeconds: 32, maxReceives: 1000 },
			world,
		),
		podDeleted: simulatedQueue(
			{ name: "pod-deleted", visibilitySeconds: 32, maxReceives: 1000 },
			world,
		),
	};
	const ec2 = simulatedEc2({
		nowMs,
		after: (ms, act) => void world.after(ms, act),
		unseenMs: history.unseenSeconds * 1000,
		refusals: history.refusals,
		onRefusal: (code) => world.note(`EC2 says ${code}`),
		onLoss: (how) => world.note(`instance lost: ${how}`),
		onPartly: () => world.note("EC2 fills a group partly"),
		partly: history.partly,
		pace: history.slowEc2 ? { burst: 3, perSecond: 1 } : undefined,
		birthOf(podUid, nth) {
			const births = history.pods[Number(podUid?.split("-")[1])]?.births ?? [];
			const birth = births[Math.min(nth, births.length - 1)] ?? plainBirth;
			if (birth.agent !== "answers") world.note(`agent ${birth.agent}`);
			return birth;
		},
		hourlyUsdOf: ({ offering }) => hourlyUsdOf(offering.instanceType, offering.capacityType),
		onEvent(machine, what) {
			watch.told(machine, what);
			send(eventOf(machine, what, now()));
		},
		onAccept: (request) => watch.accepting(request),
	});
	const letters: { body: string; reason: string }[] = [];
	const checksAsked = new Set<string>();
	const config = settingsFor(history);
	const limits = memoryLimits(config.limits, now);
	const turns = memoryTurns(config.launch);
	const kept = memorySightings(now);
	const seenAtMs = new Map<string, number>();
	const sightings: typeof kept = {
		...kept,
		async see(subject, signal) {
			if (!seenAtMs.has(subject)) seenAtMs.set(subject, nowMs());
			return await kept.see(subject, signal);
		},
	};
	const setAside = memorySetAsideList(setAsideTimes(), now);
	const parameters = memoryCellParameters();
	const issuers = cheapIssuers("authority");
	const clientCredentials = clientCredentialsUntil(secondsLater(30 * 24 * 3600, morning));

	const portsFor = (worker: Worker, functionName: string, queue: SimulatedQueue | undefined) => {
		const ownNow = () => new Date(nowMs() + worker.skewMs);
		const ports = {
			cells,
			index: cells.index,
			instances: ec2.instances(functionName),
			fleet: ec2.fleetOf(controllerId),
			checks: {
				async ask(podUid: string, attempt: number, delaySeconds: number) {
					checksAsked.add(`${podUid} ${attempt}`);
					queues.cellChecks.send(cellCheckBody(podUid, attempt), delaySeconds);
				},
			},
			deadLetters: {
				keep: async (body: string, reason: string) => void letters.push({ body, reason }),
			},
			redelivery: {
				after: async (receipt: string, seconds: number) =>
					queue?.changeVisibility(receipt, seconds),
			},
			wakeUps: { wake: async (podUid: string) => queues.podScheduled.send(wakeUpBody(podUid)) },
			subnets: twoSubnets,
			images: {
				find: async (_spec: unknown, architecture: "x86_64" | "arm64") => ({
					image: anImage({ architecture }),
					ageSeconds: 10,
					source: "cache" as const,
				}),
				forget: async () => undefined,
			},
			setAside,
			setAsideTimes: setAsideTimes(),
			bootTimes: { seen: async () => [], add: async () => undefined },
			choose: chooser,
			issuers,
			userDataFor: cheapUserData,
			parametersFor: () => (history.parameters ? [{ name: "config", value: "secret" }] : []),
			cellParameters: parameters,
			turns: turns(ownNow),
			limits,
			sightings,
			config,
			configRevision: "0123456789ab",
			controllerId,
			firstCheckSeconds: 20,
			asksLiveSeconds: 480,
			bus: {
				announce: async (events: Parameters<EveryPort["bus"]["announce"]>[0]) =>
					watch.announced(events),
			},
			agent: simulatedAgent(ec2, nowMs, async (ms, signal) => world.pause(worker, ms, signal)),
			clientCredentials,
			bootTimeoutSeconds: config.cells.bootTimeoutSeconds,
			launchTimeoutSeconds: 900,
			rules: config.cells,
			now: ownNow,
			pause: async (ms: number, signal: AbortSignal) => world.pause(worker, ms, signal),
			log: logFor(worker, world),
			metrics: { add: () => undefined },
		};
		const reached = reaching(ports, worker, world, cells);
		return plant === undefined ? reached : plant(reached, functionName, worker);
	};

	const running = new Map<string, Set<Worker>>();
	let invocations = 0;

	/** A run of a function; what it returns is heard only if it lives until then. */
	const invoke = <Result>(
		functionName: string,
		queue: SimulatedQueue | undefined,
		run: (ports: EveryPort, context: Context, worker: Worker) => Promise<Result>,
		done: (result: Result | undefined) => void,
	): Worker => {
		const worker = world.newWorker(functionName);
		const busy = running.get(functionName) ?? new Set();
		running.set(functionName, busy.add(worker));
		const endsAtMs = nowMs() + functionMs;
		const context = {
			awsRequestId: worker.name,
			getRemainingTimeInMillis: () => endsAtMs - nowMs(),
		} as Context;
		const end = (result: Result | undefined) => {
			if (!worker.alive) return;
			world.end(worker);
			done(result);
		};
		world.begin(worker, () => {
			world.after(functionMs, () => world.kill(worker, "is out of time"));
			run(portsFor(worker, functionName, queue), context, worker).then(end, (error: unknown) => {
				world.say(`${worker.name} fails: ${String(error)}`);
				end(undefined);
			});
		});
		return worker;
	};

	const busyWorkers = (functionName: string): number => {
		const busy = running.get(functionName);
		if (busy === undefined) return 0;
		for (const worker of busy) if (!worker.alive) busy.delete(worker);
		return busy.size;
	};

	const isRepeated = (): boolean => {
		const again = history.repeats.includes(invocations++);
		if (again) world.note("batch repeated");
		return again;
	};

	const deliver = (functionName: string, queue: SimulatedQueue, handle: TakesMessages) => {
		const records = queue.receive(isRepeated());
		if (records.length === 0) return;
		const worker = invoke(
			functionName,
			queue,
			async (ports, context) => await handle(records, ports, context),
			(failed) => {
				if (failed === undefined) return;
				for (const { messageId, receiptHandle } of records)
					if (!failed.includes(messageId)) queue.settle(receiptHandle);
			},
		);
		world.say(`${worker.name} gets ${records.map(({ body }) => shortly(body)).join(", ")}`);
	};

	const read = (shard: (typeof shards)[number]) => {
		const again = isRepeated();
		const batch = shard.records.slice(0, 1 + world.draw(8));
		shard.worker = invoke(
			"reconcile",
			undefined,
			async (ports, context) => await reconcileBatch(batch, ports, context),
			(taken = 0) => {
				if (!again) shard.records.splice(0, taken);
				if (again || taken < batch.length) shard.notBeforeMs = nowMs() + 1_000;
				world.after(1_000, () => undefined);
			},
		);
		const names = batch.map(
			({ after: { podUid, version, phase } }) => `${podUid} v${version} ${phase}`,
		);
		world.say(`${shard.worker.name} gets ${names.join(", ")}`);
	};

	/** Lambda invokes a function that is told without waiting up to three times. */
	const tell = (
		functionName: string,
		run: (ports: EveryPort, context: Context) => Promise<void>,
		tries = 3,
	) => {
		let isHeard = false;
		const worker = invoke(
			functionName,
			undefined,
			async (ports, context) => {
				await run(ports, context);
				return true;
			},
			(done) => {
				isHeard = done === true;
			},
		);
		const again = () => {
			if (worker.alive) return void world.after(functionMs, again);
			if (!isHeard && tries > 1) tell(functionName, run, tries - 1);
		};
		world.after(60_000, again);
	};

	let events = 0;
	function send(event: unknown) {
		const number = events++;
		const fate = history.events.find((each) => each.event === number)?.fate;
		if (fate !== undefined) world.note(`event ${fate}`);
		if (fate === "lost") return;
		const bring = (afterMs: number) =>
			world.after(afterMs, () =>
				tell("interruptions", async (ports, context) => interruption(event, ports, context)),
			);
		bring(fate === "late" ? 90_000 : world.draw(2_000));
		if (fate === "twice") bring(world.draw(20_000));
	}

	/** The janitor comes every five minutes, for as long as there is anything that changes. */
	const lastPlannedMs = (): number =>
		Math.max(
			...history.pods.map(
				({ atSeconds, deletedAtSeconds = 0, againAtSeconds = 0 }) =>
					morning.getTime() + Math.max(atSeconds, deletedAtSeconds, againAtSeconds) * 1000,
			),
			...ec2.machines.map(({ launchedAtMs, birth: { loss } }) =>
				// A warning comes two minutes before the end.
				loss === undefined ? 0 : launchedAtMs + loss.afterSeconds * 1000 + 130_000,
			),
		);
	let changes = "";
	let quietRuns = 0;
	/** While something is wrong: enough for the second net, besides the runs that the history's faults may cut short. */
	const mostQuietRuns = 8 + history.faults.length;
	const janitor = () => tell("janitor", sweepOnce, 1);
	const regularly = () => {
		const changesNow = `${cells.writes.length} ${events} ${waiting()}`;
		quietRuns = changesNow === changes && waiting() === 0 ? quietRuns + 1 : 0;
		changes = changesNow;
		const isOver =
			nowMs() > lastPlannedMs() &&
			quietRuns >= (watch.faultsNow().length === 0 ? 2 : mostQuietRuns);
		if (isOver) return;
		janitor();
		world.after(300_000, regularly);
	};
	world.after(60_000, regularly);
	for (const seconds of history.janitorAtSeconds)
		world.after(seconds * 1000, () => {
			world.note("janitors at once");
			janitor();
			janitor();
		});

	const handlers = [
		["launch", queues.podScheduled, launchBatch],
		["terminate", queues.podDeleted, terminateBatch],
		["readiness", queues.cellChecks, readinessBatch],
	] as const;

	return {
		cells,
		queues,
		ec2,
		limits,
		parameters,
		/** How many records there are in each phase. */
		async census() {
			const counts = Map.groupBy(cells.standing(), ({ phase }) => phase);
			return {
				phases: Object.fromEntries(
					Phase.options.map((phase) => [phase, counts.get(phase)?.length ?? 0]),
				) as Record<Phase, number>,
				unreadable: 0,
			};
		},
		nowMs,
		/** When the janitor first saw this machine as nobody's; NaN: never. */
		firstSeenMs: (instanceId: string): number =>
			[...seenAtMs].find(([subject]) => subject.includes(instanceId))?.[1] ?? Number.NaN,
		letters: letters as readonly (typeof letters)[number][],
		checksAsked: checksAsked as ReadonlySet<string>,
		invoke,
		/** What could begin at this moment. */
		possible(): (() => void)[] {
			const found: (() => void)[] = [];
			for (const shard of shards)
				if (
					shard.records.length > 0 &&
					shard.worker?.alive !== true &&
					shard.notBeforeMs <= nowMs()
				)
					found.push(() => read(shard));
			for (const [name, queue, handle] of handlers)
				if (queue.visible() > 0 && busyWorkers(name) < concurrency)
					found.push(() => deliver(name, queue, handle));
			return found;
		},
	};

	/** Work that lies in queues and the stream. */
	function waiting(): number {
		return (
			Object.values(queues).reduce((sum, queue) => sum + queue.waiting(), 0) +
			shards.reduce((sum, { records }) => sum + records.length, 0)
		);
	}
}

const shortly = (body: string): string =>
	/"kind":"(\w+)"/.exec(body)?.[1]?.concat(" ", /pod-\d+/.exec(body)?.[0] ?? "") ?? "rubbish";

const logFor = (worker: Worker, { say }: World): Log => {
	const line =
		(level: string) =>
		(message: string, fields: LogFields = {}) => {
			const error = fields["error"];
			const because = error instanceof Error ? `: ${error.message}` : "";
			say(`${worker.name}   ${level}: ${message}${because}`);
		};
	return { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
};
