import { Cell, type CellIn, LaunchPlan, Refusal } from "../../shared/cells/model.ts";
import { cellNameOf } from "../../shared/cells/naming.ts";
import { booting, launching, scheduled } from "../../shared/cells/transitions.ts";
import { Image } from "../../shared/images/model.ts";
import { Instance } from "../../shared/instances/model.ts";
import { Decision, Offering } from "../../shared/offerings/model.ts";
import { CellRequest } from "../../shared/pods/model.ts";

// Valid by construction: each parses what it builds, so a fixture that no longer fits its schema fails here.

/** A moment to start from. */
export const morning = new Date("2026-11-23T08:00:00.000Z");
export const secondsLater = (seconds: number, from = morning): Date =>
	new Date(from.getTime() + seconds * 1000);

export const aPod = (uid = "3f2a") => ({ uid, namespace: "shop", name: `web-${uid}` });

export const aRequest = (over: Partial<CellRequest> = {}): CellRequest =>
	CellRequest.parse({
		requirements: {
			cpuMillis: 500,
			memoryMib: 512,
			accelerators: [],
			capacityType: "on-demand",
			labelTerms: [],
			origins: [],
		},
		securityGroupIds: [],
		cloudRoutes: [],
		restartPolicy: "Always",
		...over,
	});

const anOffering = (over: Partial<Offering> = {}): Offering =>
	Offering.parse({
		instanceType: "t3a.small",
		zoneId: "use1-az4",
		capacityType: "on-demand",
		architecture: "x86_64",
		hourlyUsd: 0.0188,
		approximate: false,
		...over,
	});

export const anImage = (over: Partial<Image> = {}): Image =>
	Image.parse({
		imageId: "ami-0123456789abcdef0",
		name: "elotl-kip-1",
		ownerId: "689494258501",
		architecture: "x86_64",
		createdAt: "2026-01-01T00:00:00.000Z",
		rootDevice: { name: "/dev/sda1", sizeGib: 8, volumeType: "gp3", iops: 3000 },
		...over,
	});

export const aPlan = (over: Partial<LaunchPlan> = {}): LaunchPlan =>
	LaunchPlan.parse({
		attempt: 1,
		offering: anOffering(),
		subnetId: "subnet-0000000000000000a",
		zone: "us-east-1a",
		image: anImage(),
		volumeGib: 8,
		configRevision: "0123456789ab",
		issuedAt: morning.toISOString(),
		certificateLifetimeSeconds: 30 * 24 * 3600,
		clientToken: "token-1",
		fingerprint: "ab".repeat(32),
		...over,
	});

export const anInstance = (over: Partial<Instance> = {}): Instance =>
	Instance.parse({
		instanceId: "i-0123456789abcdef0",
		instanceType: "t3a.small",
		zone: "us-east-1a",
		address: "127.0.16.4",
		podAddress: "127.0.16.5",
		launchedAt: morning.toISOString(),
		...over,
	});

export const aDecision = (over: Partial<Decision> = {}): Decision =>
	Decision.parse({ asked: [], removed: [], candidates: [], summary: "the cheapest", ...over });

export const aScheduledCell = (uid?: string): CellIn<"Scheduled"> => {
	const pod = aPod(uid);
	const cell = scheduled(pod, cellNameOf(pod.uid), aRequest(), morning, secondsLater(-1));
	Cell.parse(cell);
	return cell;
};

export const aLaunchingCell = (uid?: string, plan = aPlan()): CellIn<"Launching"> =>
	launching(aScheduledCell(uid), plan, aDecision(), "worker", morning);

export const aBootingCell = (uid?: string, instance = anInstance()): CellIn<"Booting"> =>
	booting(aLaunchingCell(uid), instance, morning);

export const aRefusal = (over: Partial<Refusal> = {}): Refusal =>
	Refusal.parse({
		attempt: 1,
		instanceType: "t3a.small",
		zoneId: "use1-az4",
		zone: "us-east-1a",
		subnetId: "subnet-0000000000000000a",
		capacityType: "on-demand",
		reason: "no-capacity",
		code: "InsufficientInstanceCapacity",
		message: "not now",
		at: morning.toISOString(),
		...over,
	});
