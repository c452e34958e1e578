import type { Cell, CellIn, LaunchPlan, Refusal } from "../cells/model.ts";
import { refused } from "../cells/transitions.ts";
import type { LaunchOutcome, RefusalReason } from "../instances/model.ts";
import { ruledOutBy, ruledOutKey } from "../offerings/availability.ts";
import type { BootPorts } from "./boot-ports.ts";
import { cellParametersOf, launchRequestOf } from "./launch-request.ts";
import { own, where } from "./own-instance.ts";
import { adoptOrPlanAnew, reactions } from "./refusal-reactions.ts";

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
	if (outcome.outcome === "launched") {
		const [instance] = outcome.instances;
		if (instance === undefined) throw new RangeError("a single launch has one instance");
		return await own(cell, instance, parameters, ports, signal);
	}

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
