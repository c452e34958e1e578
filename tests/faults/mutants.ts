import type { Cell } from "../../shared/cells/model.ts";
import { waiting } from "../../shared/cells/transitions.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import type { Plant } from "./deployment.ts";

/** A bug, planted by other ports. Made anew for each history: what it remembers is one world's. */
export type Mutant = Readonly<{ bug: string; plant: () => Plant }>;

/** What launch reads of records, changed. */
const launchReads =
	(change: (cell: Cell, now: Date) => Cell): Plant =>
	(ports, functionName) => {
		if (functionName !== "launch") return ports;
		const { cells, now } = ports;
		return {
			...ports,
			cells: {
				save: cells.save,
				async get(podUid, signal) {
					const cell = await cells.get(podUid, signal);
					return cell && change(cell, now());
				},
				async claim(first, signal) {
					const { cell, claimed } = await cells.claim(first, signal);
					return { cell: change(cell, now()), claimed };
				},
			},
		};
	};

const swallowed = async (call: () => Promise<void>): Promise<void> => {
	try {
		await call();
	} catch {
		// That is the bug.
	}
};

/** Each of these must be found. */
export const mutants: readonly Mutant[] = [
	{
		bug: "each RunInstances gets a client token of its own",
		plant: () => {
			let asked = 0;
			return (ports) => ({
				...ports,
				instances: {
					...only(ports.instances),
					launch: async (request, signal) =>
						ports.instances.launch({ ...request, clientToken: `token-${++asked}` }, signal),
				},
			});
		},
	},
	{
		bug: "a redelivered pod gets a new plan",
		plant: () =>
			launchReads((cell, now) =>
				cell.phase === "Launching"
					? waiting(cell, { reason: "Redelivered", message: "planned anew" }, now)
					: cell,
			),
	},
	{
		bug: "the check is sent after the launch",
		plant: () => (ports) => {
			const asks: (() => Promise<void>)[] = [];
			return {
				...ports,
				checks: {
					ask: async (...check) => void asks.push(async () => ports.checks.ask(...check)),
				},
				instances: {
					...only(ports.instances),
					async launch(request, signal) {
						const outcome = await ports.instances.launch(request, signal);
						for (const ask of asks.splice(0)) await ask();
						return outcome;
					},
				},
			};
		},
	},
	{
		bug: "a check that isn't taken is forgotten",
		plant: () => (ports) => ({
			...ports,
			checks: { ask: async (...check) => swallowed(async () => ports.checks.ask(...check)) },
		}),
	},
	{
		bug: "who writes last wins",
		plant: () => (ports) => ({
			...ports,
			cells: {
				...only(ports.cells),
				async save(cell, signal) {
					try {
						return await ports.cells.save(cell, signal);
					} catch (error) {
						if (!(error instanceof ProvisionerError) || error.kind !== "conflict") throw error;
						const standing = await ports.cells.get(cell.podUid, signal);
						return await ports.cells.save({ ...cell, version: standing?.version ?? 0 }, signal);
					}
				},
			},
		}),
	},
	{
		bug: "readiness takes any certificate",
		plant: () => (ports) => ({
			...ports,
			agent: {
				async ping(...asked) {
					const answer = await ports.agent.ping(...asked);
					return answer.answer === "impostor" ? { answer: "pong" } : answer;
				},
			},
		}),
	},
	{
		bug: "a status that isn't taken is forgotten",
		plant: () => (ports) => ({
			...ports,
			bus: { announce: async (...events) => swallowed(async () => ports.bus.announce(...events)) },
		}),
	},
	{
		bug: "an instance that can't be ended is forgotten",
		plant: () => (ports) => ({
			...ports,
			instances: {
				...only(ports.instances),
				terminate: async (...which) => swallowed(async () => ports.instances.terminate(...which)),
			},
		}),
	},
	{
		bug: "a deletion that comes first leaves no tombstone",
		plant: () => (ports, functionName) =>
			functionName !== "terminate"
				? ports
				: {
						...ports,
						cells: {
							...only(ports.cells),
							claim: async (cell) => ({ cell, claimed: true }),
						},
					},
	},
];

/** A port with its methods, to spread: the wrapper that it is has none of its own. */
function only<Port extends object>(port: Port): Port {
	return Object.fromEntries(
		Object.keys(port).map((name) => [name, Reflect.get(port, name)]),
	) as Port;
}
