import type { Cell } from "../../../shared/cells/model.ts";
import { userInitiated } from "../../local/ec2/lifecycle.ts";
import type { SimulatedEc2 } from "../../local/ec2/server.ts";

/** What cells shall suffer, for people who want to see what follows from it. */
export type Misfortunes = Readonly<{
	/** The first so many cells of each pod with such a name never boot. */
	neverBoots: readonly Readonly<{ isMeant: (podName: string) => boolean; cells: number }>[];
	/** After it has become ready, the first spot cell of a pod is warned. */
	interruptSpotAfterMs?: number;
	/** From the warning to the end. */
	spotWarningMs: number;
	/** After it has become ready, somebody else ends the first on-demand cell of a pod. */
	terminateAfterMs?: number;
}>;

type Tormented = Pick<SimulatedEc2, "misbehave" | "warnSpot" | "endAs">;

/** Lets cells suffer, each pod once: what follows shall come to its end. */
export function sufferMisfortunes(misfortunes: Misfortunes) {
	const { neverBoots, interruptSpotAfterMs, spotWarningMs, terminateAfterMs } = misfortunes;
	const timers = new Map<string, NodeJS.Timeout>();

	/** How long after Ready; undefined: the cell is spared. */
	const endsAfterMs = (cell: Cell): number | undefined => {
		if (cell.phase !== "Ready" || cell.losses.some(({ readyAt }) => readyAt !== undefined)) return;
		const { capacityType } = cell.plan.offering;
		return capacityType === "spot" ? interruptSpotAfterMs : terminateAfterMs;
	};
	const befall = (cell: Cell, ec2: Tormented): void => {
		if (cell.phase !== "Ready") return;
		const { instanceId } = cell.instance;
		if (cell.plan.offering.capacityType === "spot") ec2.warnSpot(instanceId, spotWarningMs);
		else ec2.endAs(instanceId, userInitiated);
	};

	return {
		/** Each change of a record. */
		onCell(cell: Cell, ec2: Tormented): void {
			if (cell.phase === "Booting") {
				const isMeant = neverBoots.some(
					(each) => each.isMeant(cell.pod.name) && cell.losses.length < each.cells,
				);
				if (isMeant) ec2.misbehave(cell.instance.instanceId, "never-boots");
			}
			const afterMs = endsAfterMs(cell);
			// A record that changes within its phase has its timer already.
			if (afterMs === undefined || timers.has(cell.podUid)) return;
			timers.set(
				cell.podUid,
				setTimeout(() => befall(cell, ec2), afterMs),
			);
		},
		/** Whether the cell will still suffer something. */
		isPending: (cell: Cell): boolean => endsAfterMs(cell) !== undefined,
		stop(): void {
			for (const timer of timers.values()) clearTimeout(timer);
		},
	};
}
