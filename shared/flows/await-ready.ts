import type { Agent, CellCheck, PingAnswer } from "../agent/model.ts";
import { afterLoss, type LossRules } from "../cells/after-loss.ts";
import type { CellIn, CellStore } from "../cells/model.ts";
import { failed, ready, type Why } from "../cells/transitions.ts";
import { unlessChanged } from "../cells/unless-changed.ts";
import { ProvisionerError } from "../errors.ts";
import type { BootTimes } from "../images/model.ts";
import type { ClientCredentials, Credentials } from "../pki/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { learnBootTime } from "./learn-boot-time.ts";
import { stageDurationsMs } from "./stage-durations.ts";

/** What watching a cell's birth touches. */
export type AwaitReadyPorts = Readonly<{
	cells: CellStore;
	agent: Agent;
	clientCredentials: ClientCredentials;
	bootTimes: Pick<BootTimes, "add">;
	/** After EC2 accepted, how long an agent may take to answer. */
	bootTimeoutSeconds: number;
	/** After the plan was written, how long EC2 may take to accept, whatever happens to launch. */
	launchTimeoutSeconds: number;
	/** What becomes of a pod whose machine never became ready. */
	rules: LossRules;
	now: () => Date;
	/** Resolves after so many milliseconds, or rejects when the signal ends. */
	pause(ms: number, signal: AbortSignal): Promise<void>;
	log: Log;
	metrics: Metrics;
}>;

/** Between two pings of one cell: half of it is what a pod waits longer than it must, on average. */
const pingEveryMs = 250;
/** Between two looks at a record: somebody else may have ended the cell. */
const lookEveryMs = 2_000;
/** For a cell without an instance: EC2 mostly answers within a second, and waiting for capacity here would cost. */
const unlaunchedPatienceMs = 6_000;

/** What a birth is watched as: one attempt of one pod. */
type Birth = Pick<CellCheck, "podUid" | "attempt">;

/**
 * Watches one attempt of a pod's cell until it is ready, is over, or the signal ends. A later attempt has a check
 * of its own.
 *
 * @throws ProvisionerError `unavailable` when the cell has neither: its check comes back with the queue's
 *   visibility time-out. Nothing is sent to the queue from here: AWS stops loops through one.
 */
export async function awaitReady(
	birth: Birth,
	ports: AwaitReadyPorts,
	signal: AbortSignal,
): Promise<void> {
	const since = ports.now();
	try {
		while (!(await settled(birth, since, ports, signal)));
	} catch (error) {
		if (signal.aborted) throw notYet(birth);
		throw error;
	}
}

/** One look at the record, and pings for as long as that look is good. True: nothing is left to watch. */
async function settled(
	birth: Birth,
	since: Date,
	ports: AwaitReadyPorts,
	signal: AbortSignal,
): Promise<boolean> {
	signal.throwIfAborted();
	const { podUid, attempt } = birth;
	const cell = await ports.cells.get(podUid, signal);
	if (cell === undefined) {
		ports.log.warn("check without a record dropped", { podUid, attempt });
		return true;
	}
	if (cell.attempt !== attempt) return true;
	if (cell.phase === "Booting") return await pinged(cell, since, ports, signal);
	if (cell.phase !== "Launching") return true;
	if (isLaunchLate(cell, ports)) return await fail(cell, launchTimeout(cell, ports), ports, signal);
	if (ports.now().getTime() >= since.getTime() + unlaunchedPatienceMs) throw notYet(birth);
	await ports.pause(lookEveryMs, signal);
	return false;
}

/** Pings until the agent answers, the cell is late, or the record should be looked at again. */
async function pinged(
	cell: CellIn<"Booting">,
	since: Date,
	ports: AwaitReadyPorts,
	signal: AbortSignal,
): Promise<boolean> {
	const credentials = await usableCredentials(cell.plan.authorityId, ports, signal);
	if (credentials === undefined) {
		if (!isLate(cell.stages.launchedAt, ports.bootTimeoutSeconds, ports))
			throw new ProvisionerError("operator", "NoClientCertificate", neverAsked.message);
		// A pod gets its answer also when it is the controller that has nothing to ask with.
		return await fail(cell, neverAsked, ports, signal);
	}
	const lookAgainAt = ports.now().getTime() + lookEveryMs;
	const { instance, plan } = cell;
	for (;;) {
		const answer = await ports.agent.ping(instance.address, plan.fingerprint, credentials, signal);
		signal.throwIfAborted();
		if (answer.answer === "pong") return await welcome(cell, since, ports, signal);
		if (isLate(cell.stages.launchedAt, ports.bootTimeoutSeconds, ports))
			return await lose(cell, bootTimeout(answer, ports), ports, signal);
		if (ports.now().getTime() >= lookAgainAt) return false;
		await ports.pause(pingEveryMs, signal);
	}
}

async function welcome(
	cell: CellIn<"Booting">,
	since: Date,
	ports: AwaitReadyPorts,
	signal: AbortSignal,
): Promise<boolean> {
	const answeredAt = ports.now();
	const answered = ready(cell, answeredAt, answeredAt);
	const saved = await unlessChanged(ports.cells.save(answered, signal));
	if (saved === undefined) return false;
	ports.metrics.add("CellsReady", 1, {});
	const durations = stageDurationsMs(saved.stages);
	for (const [Stage, ms] of Object.entries(durations)) ports.metrics.add("StageMs", ms, { Stage });
	ports.log.info("cell ready", {
		podUid: cell.podUid,
		cellName: cell.cellName,
		instanceId: cell.instance.instanceId,
		stagesMs: durations,
	});
	await learnBootTime(answered, since, ports, signal);
	return true;
}

/** The machine never became ready: the pod gets another one, or has had enough of them. */
async function lose(
	cell: CellIn<"Booting">,
	why: Why,
	ports: AwaitReadyPorts,
	signal: AbortSignal,
): Promise<boolean> {
	const next = afterLoss(cell, why, ports.rules, ports.now());
	const saved = await unlessChanged(ports.cells.save(next, signal));
	if (saved === undefined) return false;
	ports.metrics.add("CellsLost", 1, { Reason: why.reason });
	if (next.phase === "Failed") ports.metrics.add("CellsFailed", 1, { Reason: why.reason });
	const { podUid, cellName, attempt, instance } = cell;
	const { instanceId } = instance;
	ports.log.warn("cell lost", { podUid, cellName, attempt, instanceId, to: next.phase, ...why });
	return true;
}

/** What another machine wouldn't help. */
async function fail(
	cell: CellIn<"Launching" | "Booting">,
	why: Why,
	ports: AwaitReadyPorts,
	signal: AbortSignal,
): Promise<boolean> {
	const saved = await unlessChanged(ports.cells.save(failed(cell, why, ports.now()), signal));
	if (saved === undefined) return false;
	ports.metrics.add("CellsFailed", 1, { Reason: why.reason });
	ports.log.info("cell failed", { podUid: cell.podUid, cellName: cell.cellName, ...why });
	return true;
}

const isLate = (since: string | undefined, seconds: number, { now }: AwaitReadyPorts): boolean =>
	since !== undefined && now().getTime() > new Date(since).getTime() + seconds * 1000;

/**
 * Waiting for its turn is not counted against a pod, neither here nor until `giveUpAt`, which such a wait moves.
 * Before that time launch itself is still at it.
 */
const isLaunchLate = (
	{ stages, turnAt, giveUpAt }: CellIn<"Launching">,
	ports: AwaitReadyPorts,
): boolean =>
	isLate(stages.plannedAt, ports.launchTimeoutSeconds, ports) &&
	(turnAt === undefined || isLate(turnAt, ports.launchTimeoutSeconds, ports)) &&
	(giveUpAt === undefined || isLate(giveUpAt, 0, ports));

const launchTimeout = (
	{ attempt }: CellIn<"Launching">,
	{ launchTimeoutSeconds }: AwaitReadyPorts,
): Why => ({
	reason: "LaunchTimeout",
	message: `EC2 had not accepted attempt ${attempt} ${launchTimeoutSeconds} s after it was planned and had its turn`,
});

/** Why a cell that is late is late: an impostor's own reason, or that the agent never answered. */
const bootTimeout = (
	last: Exclude<PingAnswer, { answer: "pong" }>,
	{ bootTimeoutSeconds, metrics }: AwaitReadyPorts,
): Why => {
	const detail = last.detail.slice(0, detailKept).toWellFormed();
	if (last.answer === "impostor") {
		metrics.add("ImpostorsRefused", 1, { Reason: last.reason });
		return { reason: last.reason, message: `not the cell that was made: ${detail}` };
	}
	return {
		reason: "BootTimeout",
		message: `the agent did not answer within ${bootTimeoutSeconds} s; at last: ${detail}`,
	};
};

/** What a record keeps of a cell's last answer; a cell may say anything. */
const detailKept = 500;

/** Of the authority that made the cell: it need trust no other. */
const usableCredentials = async (
	authorityId: string | undefined,
	{ clientCredentials, now }: AwaitReadyPorts,
	signal: AbortSignal,
): Promise<Credentials | undefined> => {
	const found = await clientCredentials.get(authorityId, signal);
	return found !== undefined && found.expiresAt > now() ? found : undefined;
};

const neverAsked = {
	reason: "NoClientCertificate",
	message:
		"the controller has no valid client certificate to ask the agent with; run the function `renewal`",
};

const notYet = ({ podUid, attempt }: Birth) =>
	new ProvisionerError(
		"unavailable",
		"NotReadyYet",
		`the cell of pod ${podUid}, attempt ${attempt}, is not ready yet`,
	);
