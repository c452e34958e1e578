import type { CellIn, LaunchPlan, Refusal } from "../cells/model.ts";
import { clientTokenOf } from "../cells/naming.ts";
import type { ProviderConfig } from "../config/provider.ts";
import { ProvisionerError } from "../errors.ts";
import type { ImageFinder } from "../images/cache.ts";
import type { Image } from "../images/model.ts";
import { volumeGibFor } from "../images/volume.ts";
import { setAsideSeconds } from "../instances/refusals.ts";
import { type SetAside, setAsideBy } from "../offerings/availability.ts";
import type { Architecture, Decision, Offering, Subnet, Subnets } from "../offerings/model.ts";
import type { Issuer } from "../pki/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";

/** What a plan is made from. */
export type PlanPorts = Readonly<{
	subnets: Subnets;
	choose: Chooser;
	images: ImageFinder;
	issuer: Issuer;
	config: ProviderConfig;
	configRevision: string;
	/** This deployment: part of every client token and tag. */
	controllerId: string;
	now: () => Date;
	log: Log;
	metrics: Metrics;
}>;

/** The cheapest offering that fits and isn't set aside, and why. */
export type Chooser = (
	request: CellIn<"Scheduled">["request"],
	subnets: readonly Subnet[],
	setAside: (offering: Offering) => boolean,
	seed: string,
) => Promise<Choice>;

type Choice = Readonly<{
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
	const subnets = await ports.subnets.list(signal);
	const open = subnets.filter((subnet) => hasRoom(subnet, setAside)).toSorted(roomiestFirst);
	const { offering, possible, decision } = await ports.choose(
		cell.request,
		subnets,
		(each) => setAside.offering(each) || !open.some(({ zoneId }) => zoneId === each.zoneId),
		cell.podUid,
	);
	const subnet = open.find(({ zoneId }) => zoneId === offering?.zoneId);
	if (offering === undefined || subnet === undefined)
		return possible
			? { outcome: "refused", ...noCapacity(cell.refusals), decision }
			: { outcome: "impossible", reason: "NoOfferingFits", message: decision.summary, decision };

	const image = await imageFor(offering.architecture, ports, signal);
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
			volumeGib: volumeGibFor(cell.request.volumeGib ?? ports.config.cells.defaultVolumeGib, image),
			configRevision: ports.configRevision,
			issuedAt: now.toISOString(),
			clientToken: clientTokenOf(ports.controllerId, cell.podUid, attempt),
			fingerprint,
		},
	};
}

/** The newest image that the operator's spec selects; an old one, where EC2 can't be asked. */
async function imageFor(
	architecture: Architecture,
	{ images, config, log, metrics }: PlanPorts,
	signal: AbortSignal,
): Promise<Image> {
	const spec = config.cells.bootImages[architecture];
	if (spec === undefined)
		throw new ProvisionerError(
			"operator",
			"NoImage",
			`provider.yaml has no boot image for ${architecture}; add one to cells.bootImageSpecs`,
		);
	const { image, ageSeconds, source, failure } = await images(spec, architecture, signal);
	metrics.add("ImageAgeSeconds", ageSeconds, {});
	if (failure !== undefined) log.warn("image could not be refreshed", { source, error: failure });
	return image;
}

/** A cell takes two addresses of its subnet. */
const addressesPerCell = 2;

const hasRoom = ({ subnetId, freeAddresses }: Subnet, setAside: SetAside): boolean =>
	freeAddresses >= addressesPerCell && !setAside.subnet(subnetId);

const roomiestFirst = (a: Subnet, b: Subnet): number =>
	b.freeAddresses - a.freeAddresses || (a.subnetId < b.subnetId ? -1 : 1);

/** In plain words what was tried, the latest last. */
const noCapacity = (refusals: readonly Refusal[]) => ({
	reason: "NoCapacity",
	message:
		refusals.length === 0
			? "no subnet whose zone sells what fits has two free addresses left; add subnets to provider.yaml"
			: `EC2 refused everything that fits: ${refusals.map(refusalText).join("; ")}`,
});

const refusalText = ({ instanceType, capacityType, zone, code }: Refusal): string =>
	`${instanceType} ${capacityType} in ${zone} (${code})`;
