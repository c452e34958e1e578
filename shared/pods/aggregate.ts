/**
 * What a pod's containers need together.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers
 */
import { shortened } from "./faults.ts";
import type { Sizing } from "./model.ts";
import type { ReadResources, ResourceName } from "./resources.ts";

export type Member = Readonly<{ name: string; isSidecar: boolean; resources: ReadResources }>;

/** The containers, in the order in which they start. */
export type Members = Readonly<{ containers: readonly Member[]; inits: readonly Member[] }>;

/** A figure and the field that it was read from. */
export type Figure = Readonly<{ nanos: bigint; field: "limits" | "requests" }>;

/** A sum and, for people, where it came from. */
export type Total = Readonly<{ nanos: bigint; origin: string }>;

/** A missing limit defaults to the request, and a missing request to the limit. */
export function figureOf(
	{ requests, limits }: ReadResources,
	name: ResourceName,
	sizing: Sizing,
): Figure | undefined {
	const limit = limits.get(name);
	const request = requests.get(name);
	const limitCounts = sizing === "limits" ? limit !== undefined : request === undefined;
	const field = limitCounts ? "limits" : "requests";
	const nanos = limitCounts ? limit : request;
	return nanos === undefined ? undefined : { nanos, field };
}

/**
 * Containers and sidecars run together; before that each init container runs alone, beside the
 * sidecars that stand before it. The larger moment counts.
 *
 * @returns undefined when no container says anything about the resource.
 */
export function aggregate(name: ResourceName, members: Members, sizing: Sizing): Total | undefined {
	const sidecars = members.inits.filter(({ isSidecar }) => isSidecar);
	const running = sumOf(name, members.containers, sidecars, sizing);
	const peak = initPeak(name, members.inits, sizing);
	return peak !== undefined && peak.nanos > (running?.nanos ?? 0n) ? peak : (running ?? peak);
}

function sumOf(
	name: ResourceName,
	containers: readonly Member[],
	sidecars: readonly Member[],
	sizing: Sizing,
): Total | undefined {
	const own = figuresOf(name, containers, sizing);
	const beside = figuresOf(name, sidecars, sizing);
	const figures = [...own.values(), ...beside.values()];
	if (figures.length === 0) return undefined;
	const nanos = figures.reduce((sum, figure) => sum + figure.nanos, 0n);
	const who = [counted("container", own), counted("sidecar", beside)].filter((text) => text !== "");
	return { nanos, origin: `${fieldsOf(figures)} of ${who.join(" and ")}` };
}

function figuresOf(
	name: ResourceName,
	members: readonly Member[],
	sizing: Sizing,
): ReadonlyMap<Member, Figure> {
	const figures = new Map<Member, Figure>();
	for (const member of members) {
		const figure = figureOf(member.resources, name, sizing);
		if (figure !== undefined) figures.set(member, figure);
	}
	return figures;
}

function initPeak(name: ResourceName, inits: readonly Member[], sizing: Sizing): Total | undefined {
	let started = 0n;
	let peak: Total | undefined;
	for (const { name: initName, isSidecar, resources } of inits) {
		const figure = figureOf(resources, name, sizing);
		if (isSidecar) {
			started += figure?.nanos ?? 0n;
		} else if (
			figure !== undefined &&
			(peak === undefined || started + figure.nanos > peak.nanos)
		) {
			const beside = started > 0n ? " beside the sidecars before it" : "";
			const origin = `${figure.field} of init container ${shortened(initName)}${beside}`;
			peak = { nanos: started + figure.nanos, origin };
		}
	}
	return peak;
}

/** `container app`, or `3 containers`. */
function counted(what: string, figures: ReadonlyMap<Member, Figure>): string {
	const [only, ...others] = figures.keys();
	if (only === undefined) return "";
	return others.length === 0 ? `${what} ${shortened(only.name)}` : `${figures.size} ${what}s`;
}

const fieldsOf = (figures: readonly Figure[]): string =>
	[...new Set(figures.map(({ field }) => field))].sort().join(" and ");
