import type { ReadinessChecks } from "../agent/model.ts";
import type { CellParameter, CellParameters, RenderCellParameters } from "../bootstrap/model.ts";
import type { Cell, CellIn, CellStore, LaunchPlan, Refusal } from "../cells/model.ts";
import { booting, failed, refused, waiting } from "../cells/transitions.ts";
import { ProvisionerError } from "../errors.ts";
import type { ImageFinder } from "../images/cache.ts";
import type { Instance, Instances, LaunchOutcome, RefusalReason } from "../instances/model.ts";
import { ruledOutBy, ruledOutKey } from "../offerings/availability.ts";
import type { Subnets } from "../offerings/model.ts";
import type { SetAsideList } from "../offerings/set-aside.ts";
import type { Issuers } from "../pki/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import {
	cellParametersOf,
	type LaunchRequestPorts,
	launchRequestOf,
	parameterTags,
} from "./launch-request.ts";

/** What asking EC2 for a planned machine touches. */
export type BootPorts = Omit<LaunchRequestPorts, "issuer"> &
	Readonly<{
		issuers: Issuers;
		cells: CellStore;
		checks: ReadinessChecks;
		instances: Instances;
		parametersFor: RenderCellParameters;
		cellParameters: CellParameters;
		images: ImageFinder;
		subnets: Subnets;
		/** What EC2 refused, for all workers. */
		setAside: SetAsideList;
		now: () => Date;
		log: Log;
		metrics: Metrics;
	}>;

/** Client tokens don't live for ever: an older plan's instance is looked for, the plan never repeated. */
const replayableMs = 12 * 3600 * 1000;

/**
 * Asks EC2 for the planned machine and writes down what it said.
 *
 * @returns the record as saved: `Booting` with an instance, `Scheduled` for another plan, or an end.
 * @throws ProvisionerError `unavailable` when the same plan shall be repeated later; `conflict` when the
 *   record has changed meanwhile.
 */
export async function boot(
	cell: CellIn<"Launching">,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<Cell> {
	const age = ports.now().getTime() - new Date(cell.plan.issuedAt).getTime();
	if (age > replayableMs) return await adoptOrPlanAnew(cell, ports, signal);

	const issuer = await ports.issuers.named(cell.plan, signal);
	const request = launchRequestOf(cell, { ...ports, issuer });
	// Before EC2 is asked: what doesn't fit into parameters costs no instance.
	const parameters = cellParametersOf(cell, { ...ports, issuer });
	const outcome = await ports.instances.launch(request, signal);
	if (outcome.outcome === "launched")
		return await own(cell, outcome.instance, parameters, ports, signal);

	const refusal = refusalOf(cell.plan, outcome, ports.now());
	const until = await setAside(refusal, cell.podUid, ports, signal);
	ports.metrics.add("LaunchesRefused", 1, { Reason: outcome.reason });
	ports.log[loudness[outcome.reason]]("launch refused", {
		podUid: cell.podUid,
		attempt: cell.attempt,
		...where(cell.plan),
		reason: outcome.reason,
		code: outcome.code,
		detail: refusal.message,
		...(until === undefined ? {} : { until }),
	});
	return await reactions[outcome.reason](refused(cell, refusal), ports, signal);
}

/** An `error` is for a human; who waits for nobody is told of as `info`. */
const loudness = {
	"no-capacity": "info",
	// The catalogue thinks otherwise.
	"not-sold-here": "warn",
	"no-addresses": "warn",
	quota: "error",
	"no-spot": "error",
	throttled: "info",
	transient: "info",
	"token-spent": "warn",
	"no-image": "warn",
	forbidden: "error",
	"tokens-enforced": "error",
	"bad-request": "error",
} as const satisfies Record<RefusalReason, "info" | "warn" | "error">;

/**
 * Tells all workers what this refusal rules out.
 *
 * @returns until when; undefined where it rules nothing out, or nobody could be told. The record keeps the
 *   refusal anyway.
 */
async function setAside(
	refusal: Refusal,
	podUid: string,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<string | undefined> {
	if (ruledOutBy(refusal, []).length === 0) return undefined;
	try {
		const ruledOut = ruledOutBy(refusal, await ports.subnets.list(signal));
		const standing = await ports.setAside.add(refusal, ruledOut, signal);
		const keys = new Set(ruledOut.map(ruledOutKey));
		return standing.find((entry) => keys.has(ruledOutKey(entry.ruledOut)))?.until;
	} catch (error) {
		ports.log.warn("refusal could not be shared", { podUid, code: refusal.code, error });
		return undefined;
	}
}

type Reaction = (cell: CellIn<"Launching">, ports: BootPorts, signal: AbortSignal) => Promise<Cell>;

/** Another offering: the refusal says what is ruled out meanwhile. */
const nextOffering: Reaction = async (cell, ports, signal) =>
	await ports.cells.save(waiting(cell, latest(cell), ports.now()), signal);

/** The same plan with the same token, later: the instance may exist already. */
const samePlanAfter =
	(retryAfterSeconds: number): Reaction =>
	async (cell, ports, signal) => {
		// Kept on the record, so that whoever asks sees why the pod waits; not where our own time is over.
		if (!signal.aborted) await ports.cells.save(cell, signal);
		const { code, message } = latestRefusal(cell);
		throw new ProvisionerError("unavailable", code, message, { retryAfterSeconds });
	};

/** The request itself is wrong: it would be refused for ever. */
const fail: Reaction = async (cell, ports, signal) => {
	const { code, message } = latestRefusal(cell);
	const why = { reason: "LaunchRejected", message: `EC2 refused the request: ${code}: ${message}` };
	return await failWith(why, cell, ports, signal);
};

/** Every pod's answer until somebody changes the account, or the image and provider.yaml. */
const failForTokens: Reaction = async (cell, ports, signal) => {
	const { code, message } = latestRefusal(cell);
	const why = {
		reason: "HttpTokensEnforced",
		message: `this account enforces IMDSv2 (httpTokensEnforced), and cells.metadataTokens is optional: make it required if the image's cloud-init knows IMDSv2; Elotl's doesn't, so for their images disable httpTokensEnforced in the account's EC2 settings, or in the declarative policy that sets it. EC2 said: ${code}: ${message}`,
	};
	return await failWith(why, cell, ports, signal);
};

/** The image is looked up anew, once: the next attempt boots what is found then. */
const lookUpAnew: Reaction = async (cell, ports, signal) => {
	const { image, offering } = cell.plan;
	const spec = ports.config.cells.bootImages[offering.architecture];
	// The operator has removed it meanwhile: planning says what is missing.
	if (spec === undefined) return await nextOffering(cell, ports, signal);
	await ports.images.forget(spec, offering.architecture, image.imageId, signal);
	const found = await ports.images.find(spec, offering.architecture, signal);
	const refusedBefore = cell.refusals.filter(({ reason }) => reason === "no-image").length > 1;
	if (found.image.imageId !== image.imageId && !refusedBefore)
		return await nextOffering(cell, ports, signal);
	const { code, message } = latestRefusal(cell);
	const why = {
		reason: "ImageGone",
		message: `EC2 doesn't launch image ${image.imageId}, although ${JSON.stringify(spec)} for ${offering.architecture} selects ${found.image.imageId}: check that it is shared with this account and among its Allowed AMIs. EC2 said: ${code}: ${message}`,
	};
	return await failWith(why, cell, ports, signal);
};

async function failWith(
	why: { reason: string; message: string },
	cell: CellIn<"Launching">,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<Cell> {
	const saved = await ports.cells.save(failed(cell, why, ports.now()), signal);
	ports.metrics.add("CellsFailed", 1, { Reason: why.reason });
	ports.log.error("launch rejected", { podUid: cell.podUid, ...why });
	return saved;
}

/** The token has made an instance already: it is ours if it lives, else the attempt is over. */
const adoptOrPlanAnew: Reaction = async (cell, ports, signal) => {
	const adopted = await adopt(cell, ports, signal);
	if (adopted !== undefined) return adopted;
	const why = { reason: "AttemptOver", message: "the instance of the last attempt has ended" };
	return await ports.cells.save(waiting(cell, why, ports.now()), signal);
};

/**
 * Makes the instance that this plan has made the record's, where the answer was lost.
 *
 * @returns undefined where the plan has made none.
 */
export const adopt = async (
	cell: CellIn<"Launching">,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<Cell | undefined> => {
	const instance = await ports.instances.byToken(cell.plan.clientToken, signal);
	if (instance === undefined) return undefined;
	const issuer = await ports.issuers.named(cell.plan, signal);
	const parameters = cellParametersOf(cell, { ...ports, issuer });
	return await own(cell, instance, parameters, ports, signal);
};

/** A new reason doesn't compile until somebody decides. */
const reactions = {
	"no-capacity": nextOffering,
	"not-sold-here": nextOffering,
	"no-addresses": nextOffering,
	quota: nextOffering,
	"no-spot": nextOffering,
	throttled: samePlanAfter(5),
	transient: samePlanAfter(5),
	"token-spent": adoptOrPlanAnew,
	"no-image": lookUpAnew,
	// A human must act, and doesn't do so within seconds.
	forbidden: samePlanAfter(60),
	"tokens-enforced": failForTokens,
	"bad-request": fail,
} as const satisfies Record<RefusalReason, Reaction>;

/**
 * The instance becomes the record's. If the record has moved on without it, nobody will ever: it is ended.
 *
 * @param parameters written before the record says `Booting`: whoever finds it launching writes them again,
 *   the same ones, and no cell is waited for that has none.
 */
async function own(
	cell: CellIn<"Launching">,
	instance: Instance,
	parameters: readonly CellParameter[],
	ports: BootPorts,
	signal: AbortSignal,
): Promise<Cell> {
	const { instanceId } = instance;
	if (parameters.length > 0)
		await ports.cellParameters.write(instanceId, parameters, parameterTags(cell, ports), signal);
	try {
		const saved = await ports.cells.save(booting(cell, instance, ports.now()), signal);
		const { offering } = cell.plan;
		ports.metrics.add("LaunchesAccepted", 1, { CapacityType: offering.capacityType });
		ports.metrics.add("HourlyUsd", offering.hourlyUsd, {});
		ports.log.info("cell launched", {
			podUid: cell.podUid,
			cellName: cell.cellName,
			attempt: cell.attempt,
			instanceId,
			...where(cell.plan),
		});
		return saved;
	} catch (error) {
		if (!(error instanceof ProvisionerError) || error.kind !== "conflict") throw error;
		const standing = await ports.cells.get(cell.podUid, signal);
		if (standing !== undefined && mayOwn(standing, cell.plan.clientToken)) return standing;
		await ports.instances.terminate(instanceId, signal);
		if (parameters.length > 0) await ports.cellParameters.remove(instanceId, signal);
		ports.log.warn("instance ended that no record wants", {
			podUid: cell.podUid,
			instanceId,
		});
		throw error;
	}
}

/** Whether this record has, or is about to get, the instance that the token made. */
const mayOwn = (cell: Cell, clientToken: string): boolean =>
	(cell.phase === "Launching" || cell.phase === "Booting" || cell.phase === "Ready") &&
	cell.plan.clientToken === clientToken;

const refusalOf = (
	plan: LaunchPlan,
	{ reason, code, message }: Extract<LaunchOutcome, { outcome: "refused" }>,
	now: Date,
): Refusal => ({
	attempt: plan.attempt,
	...where(plan),
	subnetId: plan.subnetId,
	reason,
	code,
	message: message.slice(0, messageKept),
	at: now.toISOString(),
});

/** EC2's words, as much as a record keeps: the zones that it names come last. */
const messageKept = 500;

const where = ({ offering: { instanceType, zoneId, capacityType }, zone }: LaunchPlan) => ({
	instanceType,
	zoneId,
	zone,
	capacityType,
});

const latest = (cell: CellIn<"Launching">) => {
	const { code, message } = latestRefusal(cell);
	return { reason: code, message };
};

const latestRefusal = ({ refusals }: CellIn<"Launching">): Refusal => {
	const last = refusals.at(-1);
	if (last === undefined) throw new RangeError("a reaction to a refusal needs a refusal");
	return last;
};
