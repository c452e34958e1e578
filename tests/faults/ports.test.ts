import { describe, expect, it } from "vitest";
import { honoursCellIndex } from "../contracts/cell-index.ts";
import { honoursCellStore } from "../contracts/cell-store.ts";
import { honoursFleet } from "../contracts/fleet.ts";
import { honoursInstances } from "../contracts/instances.ts";
import { anAuthority, anIdentityPlan } from "../support/authorities.ts";
import { morning, secondsLater } from "../support/cells.ts";
import { aLaunchRequest } from "../support/launch-request.ts";
import { simulatedCells } from "./cells.ts";
import { simulatedEc2 } from "./ec2.ts";
import { cheapIssuer } from "./identities.ts";

// What the proof believes of its ports is what the real adapters do: they are held to the same contracts.

const nowMs = () => morning.getTime();
const never = () => undefined;
const atOnce = async () => undefined;

describe("the table of the simulation", () => {
	honoursCellStore(() => simulatedCells(nowMs));
	honoursCellIndex((now) => {
		const cells = simulatedCells(() => now().getTime());
		return { ...cells, ...cells.index };
	});
});

describe("EC2 of the simulation", () => {
	let room = Number.POSITIVE_INFINITY;
	const ec2 = simulatedEc2({ nowMs, after: never, room: () => room });
	honoursInstances(
		() => ec2.instances("a test"),
		aLaunchRequest,
		atOnce,
		(left) => {
			room = left;
			return () => {
				room = Number.POSITIVE_INFINITY;
			};
		},
	);
});

describe("the fleet of the simulation", () => {
	const ec2 = simulatedEc2({ nowMs, after: never });
	honoursFleet(
		(controllerId) => ({ fleet: ec2.fleetOf(controllerId), instances: ec2.instances("a test") }),
		aLaunchRequest,
		atOnce,
	);
});

describe.each([
	{ issuer: cheapIssuer("authority"), whose: "of the simulation" },
	{ issuer: anAuthority(morning).issuer, whose: "that is real" },
])("an issuer $whose", ({ issuer }) => {
	const plan = anIdentityPlan({ issuedAt: morning });

	it("makes the same identity of the same plan, to the byte", () => {
		expect(issuer.cell(plan)).toEqual(issuer.cell({ ...plan, issuedAt: new Date(morning) }));
	});

	it.each([
		{ other: { cellName: "cell-4a3b" } },
		{ other: { attempt: 2 } },
		{ other: { issuedAt: secondsLater(1) } },
		{ other: { lifetimeSeconds: 3_600 } },
	])("makes another one of a plan with $other", ({ other }) => {
		const { fingerprint } = issuer.cell(plan);
		expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
		expect(issuer.cell({ ...plan, ...other }).fingerprint).not.toBe(fingerprint);
	});
});
