import type { Cell } from "../../shared/cells/model.ts";
import { waiting } from "../../shared/cells/transitions.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import type { Plant } from "./deployment.ts";

/** A bug, planted by other ports. Made anew for each history: what it remembers is one world's. */
export type Mutant = Readonly<{
	bug: string;
	plant: () => Plant;
	/** Where to look first: a life of which some single fault shows it. */
	life?: string;
}>;

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
		life: "under a limit",
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
				async terminate(...which) {
					await swallowed(async () => void (await ports.instances.terminate(...which)));
					return "ending";
				},
			},
		}),
	},
	{
		bug: "a deletion that comes first leaves no tombstone",
		life: "deleted before it is scheduled",
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
	{
		bug: "EC2 is asked before the plan is written",
		life: "sent twice, refused once",
		plant: () => (ports, functionName) => {
			if (functionName !== "launch") return ports;
			const plans: (() => Promise<unknown>)[] = [];
			return {
				...ports,
				cells: {
					...only(ports.cells),
					async save(cell, signal) {
						if (cell.phase !== "Launching" || cell.asks.length > 1)
							return await ports.cells.save(cell, signal);
						plans.push(async () => ports.cells.save(cell, signal));
						return { ...cell, version: cell.version + 1 };
					},
				},
				instances: {
					...only(ports.instances),
					async launch(request, signal) {
						const outcome = await ports.instances.launch(request, signal);
						for (const write of plans.splice(0)) await write();
						return outcome;
					},
				},
			};
		},
	},
	{
		bug: "who else asks for a plan is ignored",
		life: "sent twice, refused once",
		plant: () => launchReads((cell) => (cell.phase === "Launching" ? { ...cell, asks: [] } : cell)),
	},
	{
		bug: "the next attempt doesn't wait for the end of the last",
		life: "lost, and called at the same moment",
		plant: () =>
			launchReads((cell) => {
				if (cell.phase !== "Scheduled") return cell;
				const { leaving: _, ...rest } = cell;
				return rest;
			}),
	},
	{
		bug: "a lost instance isn't ended",
		plant: () => (ports) => ({
			...ports,
			instances: {
				...only(ports.instances),
				async terminate(instanceId, signal) {
					const standing = await ports.index.byInstance(instanceId, signal);
					return standing?.phase === "Scheduled"
						? "ending"
						: await ports.instances.terminate(instanceId, signal);
				},
			},
		}),
	},
	{
		bug: "a share of the limits is given back twice",
		life: "two pods, of which the limit lets one live",
		plant: () => {
			let held = 0;
			return (ports) => {
				const { cells = Number.POSITIVE_INFINITY } = ports.config.limits;
				const give = async () => {
					held = Math.max(0, held - 1);
				};
				return {
					...ports,
					limits: {
						...only(ports.limits),
						async take(shares, signal) {
							const taken = await ports.limits.take(shares, signal);
							if (held + shares.length <= cells) {
								held += shares.length;
								return new Set(shares.map(({ podUid }) => podUid));
							}
							return cells === Number.POSITIVE_INFINITY ? taken : new Set();
						},
						giveBack: async (podUid, signal) => {
							await ports.limits.giveBack(podUid, signal);
							await give();
						},
					},
				};
			};
		},
	},
	{
		bug: "a share of the limits is never given back",
		life: "under a limit",
		plant: () => (ports) => ({
			...ports,
			limits: {
				...only(ports.limits),
				giveBack: async () => undefined,
				keepOnly: async () => 0,
			},
		}),
	},
	{
		bug: "a share of the limits is given back before the instance ends",
		life: "two pods, of which the limit lets one live",
		plant: () => (ports) => ({
			...ports,
			cells: {
				...only(ports.cells),
				async save(cell, signal) {
					if (cell.phase === "Terminating") await ports.limits.giveBack(cell.podUid, signal);
					return await ports.cells.save(cell, signal);
				},
			},
		}),
	},
	{
		bug: "the janitor ends what it sees for the first time",
		plant: () => (ports) => ({
			...ports,
			sightings: {
				...only(ports.sightings),
				async see(subject, signal) {
					await ports.sightings.see(subject, signal);
					return new Date(ports.now().getTime() - 1_000_000);
				},
			},
		}),
	},
	{
		bug: "nobody is called for the next attempt",
		plant: () => (ports) => ({ ...ports, wakeUps: { wake: async () => undefined } }),
	},
];

/** A port with its methods, to spread: the wrapper that it is has none of its own. */
function only<Port extends object>(port: Port): Port {
	return Object.fromEntries(
		Object.keys(port).map((name) => [name, Reflect.get(port, name)]),
	) as Port;
}
