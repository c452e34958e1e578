import type { CellIn, LaunchPlan } from "../cells/model.ts";
import { clientTokenOf } from "../cells/naming.ts";
import type { ProviderConfig } from "../config/provider.ts";
import { ProvisionerError } from "../errors.ts";
import { firstCheckSecondsAfter } from "../images/boot-times.ts";
import type { ImageFinder } from "../images/cache.ts";
import type { BootTimes, Image } from "../images/model.ts";
import { volumeGibFor } from "../images/volume.ts";
import { ruledOutBy } from "../offerings/availability.ts";
import type { Architecture, Decision, Offering, Subnet, Subnets } from "../offerings/model.ts";
import {
	afterRefusal,
	type SetAsideEntry,
	type SetAsideList,
	type SetAsideTimes,
	withEntries,
} from "../offerings/set-aside.ts";
import type { Issuers } from "../pki/model.ts";
import type { Log } from "../telemetry/log.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import { closedFor, noCapacity, withTimes } from "./closed-offerings.ts";

/** What a plan is made from. */
export type PlanPorts = Readonly<{
	subnets: Subnets;
	/** What any worker was refused. */
	setAside: Pick<SetAsideList, "standing">;
	/** For what this pod itself was refused: it counts also where the list can't be reached. */
	setAsideTimes: SetAsideTimes;
	choose: Chooser;
	images: Pick<ImageFinder, "find">;
	bootTimes: Pick<BootTimes, "seen">;
	/** Before readiness first looks at a new cell, where nobody knows how long its kind takes. */
	firstCheckSeconds: number;
	issuers: Issuers;
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
	| Readonly<{
			outcome: "refused";
			reason: string;
			message: string;
			decision: Decision;
			/** When the first of it is tried again; absent: nobody knows. */
			until?: Date;
	  }>;

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
	const subnets = await ports.subnets.list(signal);
	const closed = closedFor(subnets, await refusedLately(cell, subnets, ports, signal), now);
	const choice = await ports.choose(
		cell.request,
		subnets,
		(each) => closed.why(each) !== undefined,
		cell.podUid,
	);
	const { offering, possible } = choice;
	const decision = withTimes(choice.decision, closed);
	const subnet = offering === undefined ? undefined : closed.openSubnet(offering.zoneId);
	if (offering === undefined || subnet === undefined)
		return possible
			? { outcome: "refused", ...noCapacity(choice.decision, closed), decision }
			: { outcome: "impossible", reason: "NoOfferingFits", message: decision.summary, decision };

	const image = await imageFor(offering.architecture, ports, signal);
	const attempt = cell.attempt + 1;
	const issuer = await ports.issuers.current(signal);
	const { certificateLifetimeSeconds } = ports.config.cells;
	const { fingerprint } = issuer.cell({
		cellName: cell.cellName,
		attempt,
		issuedAt: now,
		lifetimeSeconds: certificateLifetimeSeconds,
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
			firstCheckSeconds: await firstCheckOf(image, offering, ports, signal),
			configRevision: ports.configRevision,
			...(ports.config.cells.useCloudParameterStore ? { cellFilesIn: "parameter-store" } : {}),
			issuedAt: now.toISOString(),
			certificateLifetimeSeconds,
			clientToken: clientTokenOf(ports.controllerId, cell.podUid, attempt),
			fingerprint,
			authorityId: issuer.by.authorityId,
			alsoTrustedIds: [...issuer.by.alsoTrustedIds],
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
	const { image, ageSeconds, source, failure } = await images.find(spec, architecture, signal);
	metrics.add("ImageAgeSeconds", ageSeconds, {});
	if (failure !== undefined) log.warn("image could not be refreshed", { source, error: failure });
	return image;
}

/** A little before cells of this image and family have answered; no launch fails for want of that. */
async function firstCheckOf(
	{ imageId }: Image,
	{ instanceType }: Offering,
	{ bootTimes, firstCheckSeconds, log }: PlanPorts,
	signal: AbortSignal,
): Promise<number> {
	try {
		const seen = await bootTimes.seen(imageId, instanceType, signal);
		return firstCheckSecondsAfter(seen, firstCheckSeconds);
	} catch (error) {
		log.warn("boot times could not be read", { imageId, instanceType, error });
		return firstCheckSeconds;
	}
}

/** What any worker was refused, and what this pod was, whether the others know of it or not. */
async function refusedLately(
	{ podUid, refusals }: CellIn<"Scheduled">,
	subnets: readonly Subnet[],
	{ setAside, setAsideTimes, log }: PlanPorts,
	signal: AbortSignal,
): Promise<readonly SetAsideEntry[]> {
	let own: readonly SetAsideEntry[] = [];
	for (const refusal of refusals) {
		const changed = afterRefusal(own, refusal, ruledOutBy(refusal, subnets), setAsideTimes);
		own = withEntries(own, changed);
	}
	try {
		return [...own, ...(await setAside.standing(signal))];
	} catch (error) {
		signal.throwIfAborted();
		// It saves requests; no pod fails for the want of it.
		log.warn("set-aside list could not be read", { podUid, error });
		return own;
	}
}
