import type { Cell, CellIn, CellStore } from "../cells/model.ts";
import { answered, waiting } from "../cells/transitions.ts";
import { ProvisionerError } from "../errors.ts";
import { askedUntil } from "./asks.ts";
import type { BootPorts } from "./boot-ports.ts";
import { adopt } from "./own-instance.ts";

/**
 * Whether every pod of a group's plan waits for its instance, or has had it. Only then EC2 may be asked: one
 * that has another plan would get an instance beside its own, and one that is over would get one in vain.
 *
 * @param party the pods of the group of which that is known.
 */
export async function isWhole(
	party: readonly CellIn<"Launching">[],
	cells: CellStore,
	signal: AbortSignal,
): Promise<boolean> {
	const plan = party[0]?.plan;
	if (plan?.group === undefined) return true;
	const here = new Set(party.map(({ podUid }) => podUid));
	const others = await Promise.all(
		plan.group.podUids.filter((uid) => !here.has(uid)).map(async (uid) => cells.get(uid, signal)),
	);
	return others.every((cell) => cell !== undefined && waitsOrHad(cell, plan.clientToken));
}

const waitsOrHad = (cell: Cell, clientToken: string): boolean => {
	if (cell.phase === "Scheduled") return cell.leaving?.plan.clientToken === clientToken;
	if (cell.plan?.clientToken !== clientToken) return false;
	return cell.phase === "Launching" || cell.instance !== undefined;
};

/**
 * A pod of a group that isn't whole: its instance is looked for, and when none can appear any more, it is
 * planned for by itself.
 *
 * @throws ProvisionerError `unavailable` while one may appear yet.
 */
export async function goAlone(
	cell: CellIn<"Launching">,
	ports: BootPorts,
	signal: AbortSignal,
): Promise<Cell> {
	const mine = answered(cell, ports.by);
	const adopted = await adopt(mine, ports, signal);
	if (adopted !== undefined) return adopted;
	const message = "the pods that were to be launched together have gone different ways";
	if (mayAppear(mine, ports)) {
		await ports.cells.save(mine, signal);
		throw new ProvisionerError("unavailable", "GroupParted", message, { retryAfterSeconds: 20 });
	}
	const { party: _, ...alone } = waiting(mine, { reason: "GroupParted", message }, ports.now());
	return await ports.cells.save(alone, signal);
}

/** Whether the plan may have made an instance that EC2 doesn't show yet, or may make one. */
export const mayAppear = (
	cell: CellIn<"Launching">,
	{ by, asksLiveSeconds, now }: Pick<BootPorts, "by" | "asksLiveSeconds" | "now">,
): boolean =>
	askedUntil(cell, by, asksLiveSeconds, now()) !== undefined ||
	now().getTime() - new Date(cell.plan.issuedAt).getTime() < asksLiveSeconds * 1000;
