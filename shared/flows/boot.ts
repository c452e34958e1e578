import type { Cell, CellIn, LaunchPlan } from "../cells/model.ts";
import { answered, asking, refused } from "../cells/transitions.ts";
import { ProvisionerError } from "../errors.ts";
import type { Instance, LaunchOutcome, RefusalReason } from "../instances/model.ts";
import { isBeingAsked } from "./asks.ts";
import type { BootPorts } from "./boot-ports.ts";
import { cellParametersOf, launchRequestOf } from "./launch-request.ts";
import { waitsForTurn } from "./launch-turn.ts";
import { own, ownOrEnd } from "./own-instance.ts";
import { adoptOrPlanAnew, react } from "./refusal-reactions.ts";
import { refusalOf, shareRefusal, where } from "./share-refusal.ts";
import { goAlone, isWhole } from "./whole-group.ts";

type Launching = CellIn<"Launching">;

/** Client tokens don't live for ever: an older plan's instance is looked for, the plan never repeated. */
const replayableMs = 12 * 3600 * 1000;

/**
 * Asks EC2 for the planned machines, by one call, and writes down what it said.
 *
 * @param party pods with the same plan, one or several of its group.
 * @param isOurs whether this worker has just written the plan, with its turn taken and itself among the asks.
 * @returns the records as saved: `Booting` with an instance, `Scheduled` for another plan, or an end. Whoever
 *   must come again is in `back`.
 */
export async function boot(
	party: readonly Launching[],
	isOurs: boolean,
	back: Map<string, unknown>,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<readonly Cell[]> {
	const [lead] = party;
	if (lead === undefined) return [];
	const age = ports.now().getTime() - new Date(lead.plan.issuedAt).getTime();
	if (age > replayableMs)
		return await forEach(party, back, async (cell) => adoptOrPlanAnew(cell, ports, signal));
	const asked = isOurs ? party : await askAgain(party, back, ports, signal);
	if (!isOurs && !(await isWhole(asked, ports.cells, signal)))
		return await forEach(asked, back, async (cell) => goAlone(cell, ports, signal));
	// Before EC2 is asked: whatever dies from here on, somebody looks at these records again.
	await Promise.all(
		asked.map(async ({ podUid, attempt, plan }) =>
			ports.checks.ask(podUid, attempt, plan.firstCheckSeconds ?? ports.firstCheckSeconds, signal),
		),
	);
	return await outcomeFor(asked, back, ports, signal);
}

/** A plan that somebody has begun to ask for: with a turn of its own, and known to all others, it is repeated. */
async function askAgain(
	party: readonly Launching[],
	back: Map<string, unknown>,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<readonly Launching[]> {
	if (party.some((cell) => isBeingAsked(cell, ports.by, ports.now()))) {
		for (const { podUid } of party) back.set(podUid, beingLaunched(podUid));
		return [];
	}
	if (await waitsForTurn(party, back, ports, signal)) return [];
	const saved = await forEach(party, back, async (cell) =>
		ports.cells.save(asking(cell, ports.by, ports.now()), signal),
	);
	return saved.flatMap((cell) => (cell.phase === "Launching" ? [cell] : []));
}

const beingLaunched = (podUid: string) =>
	new ProvisionerError(
		"unavailable",
		"BeingLaunched",
		`another worker is asking EC2 for the cell of pod ${podUid}; if it died, its plan is repeated`,
		{ retryAfterSeconds: 10 },
	);

async function outcomeFor(
	party: readonly Launching[],
	back: Map<string, unknown>,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<readonly Cell[]> {
	const [lead] = party;
	if (lead === undefined) return [];
	const issuer = await ports.issuers.named(lead.plan, signal);
	const request = launchRequestOf(lead, { ...ports, issuer });
	// Before EC2 is asked: what doesn't fit into parameters costs no instance.
	const parameters = cellParametersOf(lead, { ...ports, issuer });
	const outcome = await ports.instances.launch(request, signal);
	ports.metrics.add("LaunchCalls", 1, { Outcome: outcome.outcome });
	if (outcome.outcome === "refused") return await refusedFor(party, outcome, back, ports, signal);
	const { instances, unreadable = [] } = outcome;
	await endUnwanted(lead, party, instances, ports, signal);
	const got = await forEach(
		party.filter(({ plan }) => instances[placeOf(plan)] !== undefined),
		back,
		async (cell) => {
			const instance = instances[placeOf(cell.plan)];
			if (instance === undefined) throw new RangeError("its place has an instance");
			return await own(cell, instance, parameters, ports, signal);
		},
	);
	const unread = new Map(unreadable.map(({ index, problem }) => [index, problem]));
	for (const { podUid, plan } of party) {
		// It lives: another plan now would make a second one.
		const problem = unread.get(placeOf(plan));
		if (problem !== undefined)
			back.set(podUid, new ProvisionerError("unavailable", "IncompleteAnswer", problem));
	}
	const missed = party.filter(
		({ plan }) => instances[placeOf(plan)] === undefined && !unread.has(placeOf(plan)),
	);
	return [...got, ...(await refusedFor(missed, tooFew(instances, lead), back, ports, signal))];
}

const placeOf = ({ group }: LaunchPlan): number => group?.index ?? 0;

/** EC2 gave some of the group, or some have ended already: for the others it has said no. */
const tooFew = (
	instances: readonly (Instance | undefined)[],
	{ plan: { group } }: Launching,
): Refused => {
	const given = instances.filter((instance) => instance !== undefined).length;
	const why = {
		reason: "PartlyFilled",
		message: `EC2 gave ${given} of ${group?.podUids.length ?? 1} instances`,
	};
	return { outcome: "refused", reason: "no-capacity", code: why.reason, message: why.message };
};

/** A call repeats for the whole group: places that this worker has no record of belong to somebody, or to nobody. */
async function endUnwanted(
	lead: Launching,
	party: readonly Launching[],
	instances: readonly (Instance | undefined)[],
	ports: BootPorts,
	signal: AbortSignal,
): Promise<void> {
	const here = new Set(party.map(({ plan }) => placeOf(plan)));
	for (const [place, instance] of instances.entries()) {
		const podUid = lead.plan.group?.podUids[place];
		if (instance === undefined || podUid === undefined || here.has(place)) continue;
		await ownOrEnd(podUid, lead.plan.clientToken, instance, ports, signal);
	}
}

type Refused = Extract<LaunchOutcome, { outcome: "refused" }>;

async function refusedFor(
	party: readonly Launching[],
	outcome: Refused,
	back: Map<string, unknown>,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<readonly Cell[]> {
	const [lead] = party;
	if (lead === undefined) return [];
	const refusal = refusalOf(lead.plan, outcome, ports.now());
	const until = await shareRefusal(refusal, lead.podUid, ports, signal);
	ports.metrics.add("LaunchesRefused", party.length, { Reason: outcome.reason });
	ports.log[loudness[outcome.reason]]("launch refused", {
		podUid: lead.podUid,
		pods: party.length,
		attempt: lead.attempt,
		...where(lead.plan),
		reason: outcome.reason,
		code: outcome.code,
		// All of it: what an encoded message of a missing permission lacks can't be decoded.
		detail: outcome.message,
		...(until === undefined ? {} : { until }),
	});
	if (outcome.reason === "throttled") await slowDown(ports, signal);
	return await forEach(party, back, async (cell) =>
		react(refused(answered(cell, ports.by), refusal), ports, signal),
	);
}

/** Nobody goes on faster than EC2 takes; if nobody can be told, EC2 will say it again. */
async function slowDown({ turns, log }: BootPorts, signal: AbortSignal): Promise<void> {
	try {
		await turns.throttled(signal);
	} catch (error) {
		log.warn("throttling could not be shared", { error });
	}
}

/** Does something for each; whoever it fails for comes again, and the others go on. */
async function forEach<C extends Cell, R>(
	cells: readonly C[],
	back: Map<string, unknown>,
	act: (cell: C) => Promise<R>,
): Promise<readonly R[]> {
	const results = await Promise.allSettled(cells.map(act));
	return results.flatMap((result, index) => {
		if (result.status === "fulfilled") return [result.value];
		back.set(cells[index]?.podUid ?? "", result.reason);
		return [];
	});
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
