import type { Cell, CellIn, Refusal } from "../cells/model.ts";
import { failed, waiting } from "../cells/transitions.ts";
import { ProvisionerError } from "../errors.ts";
import type { RefusalReason } from "../instances/model.ts";
import { askedUntil } from "./asks.ts";
import type { BootPorts } from "./boot-ports.ts";
import { adopt } from "./own-instance.ts";
import { mayAppear } from "./whole-group.ts";

/** What follows from a refusal that the record already holds as its latest. */
type Reaction = (cell: CellIn<"Launching">, ports: BootPorts, signal: AbortSignal) => Promise<Cell>;

/** Plans anew, where no other worker's request for the plan that stands can make an instance yet. */
const onceNobodyAsks =
	(reaction: Reaction): Reaction =>
	async (cell, ports, signal) => {
		const now = ports.now();
		const until = askedUntil(cell, ports.by, ports.asksLiveSeconds, now);
		if (until === undefined) return await reaction(cell, ports, signal);
		const seconds = Math.ceil((until.getTime() - now.getTime()) / 1000);
		return await samePlanAfter(Math.max(1, seconds))(cell, ports, signal);
	};

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

/** The plan has made an instance, perhaps: it is ours if it lives, else the attempt is over. */
export const adoptOrPlanAnew: Reaction = async (cell, ports, signal) => {
	const adopted = await adopt(cell, ports, signal);
	if (adopted !== undefined) return adopted;
	const why = { reason: "AttemptOver", message: "the instance of the last attempt has ended" };
	return await ports.cells.save(waiting(cell, why, ports.now()), signal);
};

/**
 * The token has made an instance. "Parameter mismatch" means that it lives, even where DescribeInstances
 * doesn't know it yet: another plan now would make a second one. "Instance terminated" says so of a group when
 * one of them has ended, perhaps: this pod's own may live, and be shown later.
 */
const ownOrPlanAnew: Reaction = async (cell, ports, signal) => {
	const mayLive =
		latestRefusal(cell).code === "IdempotentParameterMismatch" ||
		(cell.plan.group !== undefined && mayAppear(cell, ports));
	if (!mayLive) return await adoptOrPlanAnew(cell, ports, signal);
	return (await adopt(cell, ports, signal)) ?? (await samePlanAfter(5)(cell, ports, signal));
};

/** What follows from the refusal that the record holds as its latest. */
export const react: Reaction = async (cell, ports, signal) =>
	await reactions[latestRefusal(cell).reason](cell, ports, signal);

/** A new reason doesn't compile until somebody decides. */
const reactions = {
	"no-capacity": onceNobodyAsks(nextOffering),
	"not-sold-here": onceNobodyAsks(nextOffering),
	"no-addresses": onceNobodyAsks(nextOffering),
	quota: onceNobodyAsks(nextOffering),
	"no-spot": onceNobodyAsks(nextOffering),
	// With another turn, at a pace that all keep from now on.
	throttled: samePlanAfter(1),
	transient: samePlanAfter(5),
	"token-spent": ownOrPlanAnew,
	"no-image": onceNobodyAsks(lookUpAnew),
	// A human must act, and doesn't do so within seconds.
	forbidden: samePlanAfter(60),
	"tokens-enforced": failForTokens,
	"bad-request": fail,
} as const satisfies Record<RefusalReason, Reaction>;

const latest = (cell: CellIn<"Launching">) => {
	const { code, message } = latestRefusal(cell);
	return { reason: code, message };
};

const latestRefusal = ({ refusals }: CellIn<"Launching">): Refusal => {
	const last = refusals.at(-1);
	if (last === undefined) throw new RangeError("a reaction to a refusal needs a refusal");
	return last;
};
