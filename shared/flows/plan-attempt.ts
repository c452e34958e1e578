import { neverReady } from "../cells/after-loss.ts";
import type { CellIn, LaunchPlan } from "../cells/model.ts";
import { clientTokenOf, groupNameOf } from "../cells/naming.ts";
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
import type { Issuer, Issuers } from "../pki/model.ts";
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
	/** Who works here: this delivery of this message, and nobody else. */
	by: string;
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
	/** Ids of zones that come last at the same price, once for each reason against one. */
	lastZones?: readonly string[],
) => Promise<Choice>;

type Choice = Readonly<{
	offering: Offering | undefined;
	/** Whether anything would fit if nothing were set aside. */
	possible: boolean;
	decision: Decision;
	/** Of the operator's default type on demand; undefined where nobody knows. */
	defaultHourlyUsd?: number | undefined;
}>;

/** One attempt, before it is somebody's: what its plans have in common. */
export type Attempt = Readonly<{
	attempt: number;
	issuer: Issuer;
	issuedAt: Date;
	decision: Decision;
	common: Omit<LaunchPlan, "clientToken" | "fingerprint" | "group">;
}>;

export type Planned =
	| (Readonly<{ outcome: "planned" }> & Attempt)
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
 * The next attempt: the cheapest offering that EC2 has not refused lately, a subnet in its zone, and an image
 * that it can boot. Touches nothing but caches.
 *
 * @param attempt its number.
 */
export async function planAttempt(
	cell: CellIn<"Scheduled">,
	attempt: number,
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
		zonesWithoutReady(cell, subnets),
	);
	const { offering, possible } = choice;
	const decision = withTimes(choice.decision, closed);
	const subnet = offering === undefined ? undefined : closed.openSubnet(offering.zoneId);
	if (offering === undefined || subnet === undefined)
		return possible
			? { outcome: "refused", ...noCapacity(choice.decision, closed), decision }
			: { outcome: "impossible", reason: "NoOfferingFits", message: decision.summary, decision };

	const image = await imageFor(offering.architecture, ports, signal);
	const issuer = await ports.issuers.current(signal);
	return {
		outcome: "planned",
		attempt,
		issuer,
		issuedAt: now,
		decision,
		common: {
			attempt,
			offering,
			subnetId: subnet.subnetId,
			zone: subnet.zone,
			image,
			baselineHourlyUsd: baselineOf(offering, choice.defaultHourlyUsd),
			volumeGib: volumeGibFor(cell.request.volumeGib ?? ports.config.cells.defaultVolumeGib, image),
			firstCheckSeconds: await firstCheckOf(image, offering, ports, signal),
			configRevision: ports.configRevision,
			...(ports.config.cells.useCloudParameterStore ? { cellFilesIn: "parameter-store" } : {}),
			issuedAt: now.toISOString(),
			certificateLifetimeSeconds: ports.config.cells.certificateLifetimeSeconds,
			...lifetimeIn(ports.config),
			authorityId: issuer.by.authorityId,
			alsoTrustedIds: [...issuer.by.alsoTrustedIds],
		},
	};
}

/**
 * Where cells of this pod have never become ready since it last was, once for each. It may not have been the zone's
 * fault; but if it was, the next attempt isn't lost to it as well.
 */
const zonesWithoutReady = (
	{ losses }: CellIn<"Scheduled">,
	subnets: readonly Subnet[],
): readonly string[] =>
	neverReady(losses).flatMap(
		({ zone: lost }) => subnets.find(({ zone }) => zone === lost)?.zoneId ?? [],
	);

const baselineOf = (
	{ hourlyUsd, onDemandHourlyUsd = hourlyUsd }: Offering,
	defaultHourlyUsd = 0,
): number => Math.max(onDemandHourlyUsd, defaultHourlyUsd);

/**
 * The attempt's plan for each of the pods that one call launches: one token and one identity for all of them,
 * named after the token, because no other group may ever have them; or the pod's own, where it is alone.
 */
export function plansFor(
	party: readonly CellIn<"Scheduled">[],
	attempt: Attempt,
	{ controllerId, by }: Pick<PlanPorts, "controllerId" | "by">,
): readonly LaunchPlan[] {
	const podUids = party.map(({ podUid }) => podUid);
	const [only, ...others] = party;
	if (only === undefined) return [];
	if (others.length === 0) {
		const clientToken = clientTokenOf(controllerId, only.podUid, attempt.attempt);
		return [{ ...attempt.common, clientToken, fingerprint: fingerprintOf(only.cellName, attempt) }];
	}
	const begun = `${podUids.join(" ")} ${by} ${attempt.issuedAt.toISOString()}`;
	const clientToken = clientTokenOf(controllerId, begun, attempt.attempt);
	const name = groupNameOf(clientToken);
	const fingerprint = fingerprintOf(name, attempt);
	return podUids.map((_, index) => ({
		...attempt.common,
		clientToken,
		fingerprint,
		group: { name, index, podUids },
	}));
}

const fingerprintOf = (cellName: string, { attempt, issuer, issuedAt, common }: Attempt): string =>
	issuer.cell({
		cellName,
		attempt,
		issuedAt,
		lifetimeSeconds: common.certificateLifetimeSeconds,
	}).fingerprint;

const lifetimeIn = ({ cells: { maxLifetimeSeconds } }: ProviderConfig) =>
	maxLifetimeSeconds === undefined ? {} : { maxLifetimeSeconds };

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
	{ setAside, setAsideTimes, log, metrics }: PlanPorts,
	signal: AbortSignal,
): Promise<readonly SetAsideEntry[]> {
	let own: readonly SetAsideEntry[] = [];
	for (const refusal of refusals) {
		const changed = afterRefusal(own, refusal, ruledOutBy(refusal, subnets), setAsideTimes);
		own = withEntries(own, changed);
	}
	try {
		const standing = await setAside.standing(signal);
		metrics.add("SetAside", standing.length, {});
		return [...own, ...standing];
	} catch (error) {
		signal.throwIfAborted();
		// It saves requests; no pod fails for the want of it.
		log.warn("set-aside list could not be read", { podUid, error });
		return own;
	}
}
