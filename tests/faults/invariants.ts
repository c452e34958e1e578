import { isDeepStrictEqual } from "node:util";
import { heldInstanceId } from "../../shared/cells/held-instance.ts";
import type { Cell } from "../../shared/cells/model.ts";
import { followers, isLiving, isSettled } from "../../shared/cells/transitions.ts";
import { conservation } from "../../shared/flows/janitor/conservation.ts";
import type { LaunchRequest } from "../../shared/instances/model.ts";
import { type StatusEvent, statusOf } from "../../shared/status/model.ts";
import type { Written } from "./cells.ts";
import { controllerId, type Deployment } from "./deployment.ts";
import { isLivingMachine, type Machine, type MachineState } from "./ec2.ts";
import type { History } from "./history.ts";
import { fingerprintIn } from "./identities.ts";
import { podUidOf } from "./messages.ts";
import { settingsFor } from "./settings.ts";

/** Who looks on, and says what must not be. */
export type Watch = ReturnType<typeof watching>;

/** @param deployment what is looked at, once it is there. */
export function watching(history: History, deployment: () => Deployment) {
	const violations: string[] = [];
	const written = new Map<string, Cell[]>();
	const lastAnnounced = new Map<string, number>();
	const living = () => deployment().ec2.machines.filter(isLivingMachine);

	const born = (machine: Machine) => {
		const { podUid, instance } = machine;
		const all = living();
		const doubles = all.filter((each) => each.podUid === podUid);
		if (podUid === undefined) violations.push(`instance ${instance.instanceId} says no pod`);
		else if (doubles.length > 1)
			violations.push(
				`${podUid} has ${doubles.length} living instances: ${doubles.map((each) => each.instance.instanceId).join(", ")}`,
			);
		const { cells, hourlyUsd } = history.limits;
		if (cells !== undefined && all.length > cells)
			violations.push(`${all.length} cells live, and the limit is ${cells}`);
		const usd = all.reduce((sum, each) => sum + each.hourlyUsd, 0);
		if (hourlyUsd !== undefined && usd > hourlyUsd + 1e-9)
			violations.push(`cells cost ${usd} USD an hour, and the limit is ${hourlyUsd}`);
	};

	return {
		violations: violations as readonly string[],
		/** A record was written: is the step legal? */
		written({ before, after }: Written) {
			const versions = written.get(after.podUid) ?? [];
			written.set(after.podUid, versions);
			versions[after.version] = after;
			if (before === undefined || before.phase === after.phase) return;
			if (!followers[before.phase].includes(after.phase))
				violations.push(`${after.podUid} went from ${before.phase} to ${after.phase}`);
		},
		/** EC2 has done something with an instance. */
		told(machine: Machine, what: MachineState | "interruption warning" | "rebalance") {
			if (what === "pending") born(machine);
			if (what === "shutting-down" && machine.endedBy === "janitor") endedByJanitor(machine);
		},
		/**
		 * EC2 is about to accept: is somebody going to look at what it makes? Of a pod that was deleted while its
		 * group was asked for, the record waits for the instance that may come.
		 */
		accepting({ tags }: LaunchRequest) {
			const { cells, checksAsked } = deployment();
			const attempt = tags["cellwright.dev/attempt"];
			const unwatched = Object.entries(tags)
				.filter(([name]) => name.startsWith("cellwright.dev/pod-uid"))
				.map(([, podUid]) => podUid)
				.filter((podUid) => {
					const cell = cells.peek(podUid);
					return cell === undefined || isLiving(cell);
				})
				.filter((podUid) => !checksAsked.has(`${podUid} ${attempt}`));
			violations.push(
				...unwatched.map((podUid) => `nobody was asked to watch attempt ${attempt} of ${podUid}`),
			);
		},
		/** Was it so? */
		announced(events: readonly StatusEvent[]) {
			for (const event of events) {
				const { podUid, version } = event;
				const record = written.get(podUid)?.[version];
				if (record === undefined || !isDeepStrictEqual(event, statusOf(record)))
					violations.push(`${podUid} v${version} was announced as ${event.phase}, and wasn't so`);
				lastAnnounced.set(podUid, Math.max(version, lastAnnounced.get(podUid) ?? -1));
			}
		},
		faultsNow,
		/** When nothing happens any more. */
		async atTheEnd() {
			violations.push(...faultsNow(), ...undelivered());
			violations.push(...(await unshared()), ...(await unaccounted()));
		},
	};

	/** Messages that nobody could handle, or that went astray. */
	function undelivered(): string[] {
		const { letters, queues } = deployment();
		return [
			...letters
				.filter(({ reason, body }) => reason !== "UnreadableMessage" || !body.startsWith("rubbish"))
				.map(({ reason }) => `a message that could be read is a dead letter: ${reason}`),
			...Object.values(queues)
				.filter(({ dead }) => dead.length > 0)
				.map(({ name, dead }) => `${name} gave up ${dead.length} messages`),
		];
	}

	/** Shares of the limits that aren't held by who lives. */
	async function unshared(): Promise<string[]> {
		const { cells, hourlyUsd } = history.limits;
		if (cells === undefined && hourlyUsd === undefined) return [];
		const held = await deployment().limits.held(AbortSignal.any([]));
		return held.cells === living().length
			? []
			: [`${held.cells} shares are held, and ${living().length} cells live`];
	}

	/** Parameters, which are secrets, of instances that don't live. */
	function unkept(): string[] {
		const { parameters, ec2 } = deployment();
		return ec2.machines
			.filter((machine) => !isLivingMachine(machine))
			.map(({ instance: { instanceId } }) => instanceId)
			.filter((instanceId) => Object.keys(parameters.of(instanceId)).length > 0)
			.map((instanceId) => `parameters of ${instanceId} are left, and it doesn't live`);
	}

	/** What the deployment itself says of what became of its pods. */
	async function unaccounted(): Promise<string[]> {
		const { cells, census, ec2, nowMs } = deployment();
		const counted = await conservation(
			{
				census,
				cells,
				index: cells.index,
				fleet: ec2.fleetOf(controllerId),
				bootTimeoutSeconds: settingsFor(history).cells.bootTimeoutSeconds,
				now: () => new Date(nowMs()),
			},
			AbortSignal.any([]),
		);
		const { accepted, difference, orphans } = counted;
		return difference === 0 && orphans.length === 0 && accepted === history.pods.length
			? []
			: [`accepted ${accepted}, difference ${difference}, ${orphans.length} orphans`];
	}

	/** What would be wrong if nothing happened any more. */
	function faultsNow(): string[] {
		const { cells } = deployment();
		const records = new Map(cells.standing().map((cell) => [cell.podUid, cell]));
		const strangers = living().filter(
			({ podUid, instance }) => !owns(records.get(podUid ?? ""), instance.instanceId),
		);
		return [
			...history.pods.keys().flatMap((place) => podFaults(podUidOf(place), records)),
			...history.pods.flatMap(({ deletedAtSeconds }, place) =>
				deletedAtSeconds !== undefined && records.get(podUidOf(place))?.phase === "Ready"
					? [`${podUidOf(place)} was deleted, and is Ready`]
					: [],
			),
			...strangers.map(
				({ instance }) => `instance ${instance.instanceId} lives, and no record knows it`,
			),
			...unkept(),
		];
	}

	function podFaults(podUid: string, records: ReadonlyMap<string, Cell>): string[] {
		const cell = records.get(podUid);
		const fault = faultAtTheEnd(cell, deployment().ec2.machines);
		const announcedLast = lastAnnounced.get(podUid);
		return [
			...(fault === undefined ? [] : [`${podUid} ${fault}`]),
			...(cell === undefined || announcedLast === cell.version
				? []
				: [`${podUid} is at v${cell.version}, and v${announcedLast} was announced`]),
		];
	}

	/** An instance that a record is about to have is nobody's to end. */
	function endedByJanitor({ podUid, clientToken, instance }: Machine) {
		const cell = deployment().cells.peek(podUid ?? "");
		if (
			cell !== undefined &&
			(cell.phase === "Launching" || cell.phase === "Booting" || cell.phase === "Ready") &&
			cell.plan.clientToken === clientToken
		)
			violations.push(`the janitor ended ${instance.instanceId}, which ${podUid} has or may get`);
		const isOrphan =
			cell === undefined ||
			isSettled(cell) ||
			cell.phase === "Launching" ||
			(cell.phase === "Scheduled" && heldInstanceId(cell) !== instance.instanceId);
		const firstSeenMs = deployment().firstSeenMs(instance.instanceId);
		// Its times are of clocks that may be off.
		if (isOrphan && history.skews.length === 0 && !(deployment().nowMs() - firstSeenMs >= 290_000))
			violations.push(`the janitor ended ${instance.instanceId} at its first sighting`);
	}
}

const owns = (cell: Cell | undefined, instanceId: string): boolean =>
	cell?.phase === "Ready" && cell.instance.instanceId === instanceId;

/** What is wrong with a pod's answer, once all is quiet. */
const faultAtTheEnd = (
	cell: Cell | undefined,
	machines: readonly Machine[],
): string | undefined => {
	if (cell === undefined) return "has no record";
	const { phase } = cell;
	if (phase === "Failed" || phase === "Terminated")
		return cell.stages.settledAt === undefined ? `is ${phase}, and not settled` : undefined;
	if (phase !== "Ready") return `has no answer: it is ${phase}`;
	const machine = machines.find(({ instance }) => instance.instanceId === cell.instance.instanceId);
	if (machine === undefined || !isLivingMachine(machine))
		return "is Ready, and its instance doesn't live";
	return machine.birth.agent === "answers" &&
		fingerprintIn(machine.userData) === cell.plan.fingerprint
		? undefined
		: "is Ready, and its instance isn't what was made for it";
};
