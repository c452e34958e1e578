import type { CellIn, LaunchPlan, Refusal } from "../cells/model.ts";
import { clientTokenOf } from "../cells/naming.ts";
import type { ProviderConfig } from "../config/provider.ts";
import type { Image } from "../images/model.ts";
import { setAsideSeconds } from "../instances/refusals.ts";
import { type SetAside, setAsideBy } from "../offerings/availability.ts";
import type { Architecture, Decision, Offering, Subnet, Subnets } from "../offerings/model.ts";
import type { Issuer } from "../pki/model.ts";

/** What a plan is made from. */
export type PlanPorts = Readonly<{
	subnets: Subnets;
	choose: Chooser;
	/** The newest image for an architecture, from the cache or from EC2. */
	imageFor(architecture: Architecture, signal: AbortSignal): Promise<Image>;
	volumeGibFor(wantedGib: number, image: Image): number;
	issuer: Issuer;
	config: ProviderConfig;
	configRevision: string;
	/** This deployment: part of every client token and tag. */
	controllerId: string;
	now: () => Date;
}>;

/** The cheapest offering that fits and isn't set aside, and why. */
export type Chooser = (
	request: CellIn<"Scheduled">["request"],
	subnets: readonly Subnet[],
	setAside: (offering: Offering) => boolean,
	seed: string,
) => Choice;

export type Choice = Readonly<{
	offering: Offering | undefined;
	/** Whether anything would fit if nothing were set aside. */
	possible: boolean;
	decision: Decision;
}>;

export type Planned =
	| Readonly<{ outcome: "planned"; plan: LaunchPlan; decision: Decision }>
	/** Nothing that EC2 sells here can ever hold this pod. */
	| Readonly<{ outcome: "impossible"; reason: string; message: string; decision: Decision }>
	/** Something would, but EC2 refused all of it lately. */
	| Readonly<{ outcome: "refused"; reason: string; message: string; decision: Decision }>;

/**
 * The next attempt: the cheapest offering that EC2 has not refused lately, a subnet in its zone, an image
 * that it can boot, and the identity that all of it will have. Touches nothing but caches.
 */
export async function planAttempt(
	cell: CellIn<"Scheduled">,
	ports: PlanPorts,
	signal: AbortSignal,
): Promise<Planned> {
	const now = ports.now();
	const setAside = setAsideBy(cell.refusals, setAsideSeconds, now);
	const subnets = (await ports.subnets.list(signal)).filter((subnet) => hasRoom(subnet, setAside));
	const { offering, possible, decision } = ports.choose(
		cell.request,
		subnets,
		setAside.offering,
		cell.podUid,
	);
	const subnet = subnets.find(({ zoneId }) => zoneId === offering?.zoneId);
	if (offering === undefined || subnet === undefined)
		return possible || subnets.length === 0
			? { outcome: "refused", ...noCapacity(cell.refusals), decision }
			: { outcome: "impossible", reason: "NoOfferingFits", message: decision.summary, decision };

	const image = await ports.imageFor(offering.architecture, signal);
	const attempt = cell.attempt + 1;
	const { fingerprint } = ports.issuer.cell({
		cellName: cell.cellName,
		attempt,
		issuedAt: now,
		lifetimeSeconds: ports.config.cells.certificateLifetimeSeconds,
	});
	return {
		outcome: "planned",
		decision,
		plan: {
			attempt,
			offering,
			subnetId: subnet.subnetId,
			zone: subnet.zone,
			image,
			volumeGib: ports.volumeGibFor(
				cell.request.volumeGib ?? ports.config.cells.defaultVolumeGib,
				image,
			),
			configRevision: ports.configRevision,
			issuedAt: now.toISOString(),
			clientToken: clientTokenOf(ports.controllerId, cell.podUid, attempt),
			fingerprint,
		},
	};
}

/** A cell takes two addresses of its subnet. */
const addressesPerCell = 2;

const hasRoom = ({ subnetId, freeAddresses }: Subnet, setAside: SetAside): boolean =>
	freeAddresses >= addressesPerCell && !setAside.subnet(subnetId);

/** In plain words what was tried, the latest last. */
const noCapacity = (refusals: readonly Refusal[]) => ({
	reason: "NoCapacity",
	message:
		refusals.length === 0
			? "no subnet in provider.yaml has two free addresses left; add subnets or end cells"
			: `EC2 refused everything that fits: ${refusals.map(refusalText).join("; ")}`,
});

const refusalText = ({ instanceType, capacityType, zone, code }: Refusal): string =>
	`${instanceType} ${capacityType} in ${zone} (${code})`;
