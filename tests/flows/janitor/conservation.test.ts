import { describe, expect, it } from "vitest";
import { Cell, Phase, type UnsettledRows } from "../../../shared/cells/model.ts";
import { cellNameOf } from "../../../shared/cells/naming.ts";
import { failed, stillborn } from "../../../shared/cells/transitions.ts";
import { conservation } from "../../../shared/flows/janitor/conservation.ts";
import { aLaunchingCell, aPod, aScheduledCell, morning } from "../../support/cells.ts";
import { janitorWorld } from "../../support/janitor-world.ts";

const { signal } = new AbortController();
const why = { reason: "InvalidPod", message: "no" };

const countsOf = (cells: readonly Cell[]) => {
	const latest = new Map(cells.map((cell) => [cell.podUid, cell.phase]));
	const phases = Phase.options.map((phase) => [
		phase,
		[...latest.values()].filter((each) => each === phase).length,
	]);
	return { phases: Object.fromEntries(phases), unreadable: 0 };
};

/** Pods in every state, all of them in time. */
const world = async () => {
	const made = janitorWorld();
	const { ports } = made;
	await made.cell("ready");
	await made.cell("booting", "Booting");
	await made.claim(aScheduledCell("waiting"));
	await made.claim(failed(aLaunchingCell("failed", made.planFor("failed")), why, morning));
	const pod = aPod("never");
	await made.claim(stillborn(pod, cellNameOf(pod.uid), why, morning, undefined));
	const look = async (over: object = {}) =>
		await conservation(
			{
				...ports,
				bootTimeoutSeconds: 1_200,
				census: async () => countsOf(made.history),
				...over,
			},
			signal,
		);
	return { ...made, look };
};

describe("conservation", () => {
	it("holds where everybody has an answer or is looked after", async () => {
		const { look, history } = await world();
		const changes = history.length;
		expect(await look()).toEqual({
			accepted: 5,
			terminal: 2,
			live: 3,
			difference: 0,
			unaccounted: [],
			notIndexed: 0,
			orphans: [],
			unreadable: [],
		});
		expect(history).toHaveLength(changes);
	});

	it("names who is looked after by nobody, and why", async () => {
		const { look, pass, instances, machine } = await world();
		const [readyOn = ""] = instances.living();
		instances.end(readyOn, { code: "c", message: "m" });
		const orphan = await machine("nobody");
		pass(1_800);
		expect(await look()).toEqual({
			accepted: 5,
			terminal: 1,
			live: 0,
			difference: 4,
			unaccounted: [
				{ podUid: "ready", phase: "Ready", why: expect.stringContaining(readyOn) },
				{ podUid: "booting", phase: "Booting", why: expect.stringContaining("1800 s") },
				{ podUid: "waiting", phase: "Scheduled", why: expect.stringContaining("launch") },
				{ podUid: "failed", phase: "Failed", why: expect.stringContaining("not settled") },
			],
			notIndexed: 0,
			orphans: [expect.objectContaining({ instanceId: orphan.instanceId })],
			unreadable: [],
		});
	});

	it("counts pods that the janitor can't see", async () => {
		const { look, ports } = await world();
		const unsettled = async () => {
			const { rows } = await ports.index.unsettled(signal);
			return { rows: rows.filter(({ podUid }) => podUid !== "waiting"), unreadable: [] };
		};
		expect(await look({ index: { ...ports.index, unsettled } })).toMatchObject({
			accepted: 5,
			live: 2,
			difference: 1,
			notIndexed: 1,
		});
	});

	it("counts and names what can't be read, and looks at the rest", async () => {
		const { look, ports, machine, pass } = await world();
		const orphan = await machine("nobody");
		const odd = await machine("odd");
		pass(200);
		const unsettled = async () => {
			const { rows } = await ports.index.unsettled(signal);
			return {
				rows: rows.filter(({ podUid }) => podUid !== "waiting"),
				unreadable: [{ podUid: "waiting", problem: "phase: Invalid" }],
			};
		};
		const unreadable = [
			{ instanceId: odd.instanceId, podUid: "odd", problem: "without its state" },
		];
		const living = async () => {
			const { machines } = await ports.fleet.living(signal);
			return {
				machines: machines.filter(({ instanceId }) => instanceId !== odd.instanceId),
				unreadable,
			};
		};
		const found = await look({
			index: { ...ports.index, unsettled },
			fleet: { ...ports.fleet, living },
		});
		expect(found).toEqual({
			accepted: 5,
			terminal: 2,
			live: 2,
			difference: 1,
			unaccounted: [{ podUid: "waiting", why: "its record can't be read: phase: Invalid" }],
			notIndexed: 0,
			orphans: [expect.objectContaining({ instanceId: orphan.instanceId })],
			unreadable,
		});
	});

	it("names a pod whose row can be read, and whose record can't", async () => {
		const { look, ports, pass } = await world();
		pass(700);
		const get = async (podUid: string) =>
			podUid === "waiting" ? Cell.parse({ podUid }) : await ports.cells.get(podUid, signal);
		const { unaccounted } = await look({ cells: { ...ports.cells, get } });
		expect(unaccounted).toContainEqual({
			podUid: "waiting",
			phase: "Scheduled",
			why: expect.stringContaining("its record can't be read: phase: "),
		});
	});

	it("isn't disturbed by pods that come and go while it counts", async () => {
		const { look, ports, claim } = await world();
		let uid = 0;
		const unsettled = async (): Promise<UnsettledRows> => {
			const rows = await ports.index.unsettled(signal);
			if (uid < 3) await claim(aScheduledCell(`new-${uid++}`));
			return rows;
		};
		expect(await look({ index: { ...ports.index, unsettled } })).toMatchObject({ difference: 0 });
	});
});
