import { userDataRenderer } from "../../../shared/bootstrap/user-data.ts";
import { cellNameOf } from "../../../shared/cells/naming.ts";
import { launching, scheduled } from "../../../shared/cells/transitions.ts";
import type { loadProvider } from "../../../shared/config/load.ts";
import { ProvisionerError } from "../../../shared/errors.ts";
import { offeringChooser } from "../../../shared/flows/choose-offering.ts";
import { launchRequestOf } from "../../../shared/flows/launch-request.ts";
import { type PlanPorts, planAttempt, plansFor } from "../../../shared/flows/plan-attempt.ts";
import type { Image } from "../../../shared/images/model.ts";
import type { LaunchRequest } from "../../../shared/instances/model.ts";
import { packagedCatalogue } from "../../../shared/offerings/catalogue.ts";
import type { Architecture, Subnet } from "../../../shared/offerings/model.ts";
import { setAsideTimes } from "../../../shared/offerings/set-aside.ts";
import { newAuthority } from "../../../shared/pki/authority.forge.ts";
import { forgeIssuer } from "../../../shared/pki/issuer.forge.ts";
import { cellRequestOf } from "../../../shared/pods/cell-request.ts";
import { unheard } from "../unheard.ts";

export type Provider = Awaited<ReturnType<typeof loadProvider>>;

/**
 * What launch would ask EC2 for, for a pod that asks for nothing, in one subnet: by the code that launch runs.
 *
 * @throws ProvisionerError what planning does (no image, nothing fits), and `operator` `UserDataTooLarge`.
 */
export type NominalLaunch = (
	subnet: Subnet,
	image: (architecture: Architecture) => Image | undefined,
	signal: AbortSignal,
) => Promise<LaunchRequest>;

/** @param controllerId as launch puts it on machines: a role's conditions look at it. */
export function nominalLaunch(
	{ config, settings, revision }: Provider,
	controllerId: string,
	now: Date,
): NominalLaunch {
	// A stand-in: a request shows that it is about as long as one of the real authority's.
	const issuer = forgeIssuer(newAuthority(now));
	const catalogue = packagedCatalogue(config.aws.region);
	const userDataFor = userDataRenderer(settings);
	const by = "doctor";
	const ports: Omit<PlanPorts, "subnets" | "images"> = {
		setAside: { standing: async () => [] },
		setAsideTimes: setAsideTimes(),
		choose: offeringChooser(config, async () => catalogue),
		bootTimes: { seen: async () => [] },
		firstCheckSeconds: 0,
		issuers: {
			current: async () => issuer,
			named: async () => issuer,
			all: async () => [{ issuer, role: "current", isFirst: true }],
		},
		config,
		configRevision: revision,
		controllerId,
		by,
		...unheard(now),
	};
	const uid = "00000000-0000-4000-8000-00000000d0c5";
	const pod = { uid, namespace: "cellwright", name: "doctor" };
	const request = cellRequestOf(
		{ metadata: pod, spec: { containers: [{ name: "any", image: "any" }] } },
		config.cells.sizing,
	);
	const cell = scheduled(pod, cellNameOf(uid), request, now, undefined);
	return async (subnet, image, signal) => {
		const images: PlanPorts["images"] = {
			find: async (_, architecture) => ({
				image: image(architecture) ?? missing(architecture),
				ageSeconds: 0,
				source: "ec2",
			}),
		};
		// As if it had room: that it is full is another line.
		const roomy = { ...subnet, freeAddresses: Math.max(2, subnet.freeAddresses) };
		const subnets = { list: async () => [roomy] };
		const planned = await planAttempt(cell, 1, { ...ports, subnets, images }, signal);
		if (planned.outcome !== "planned")
			throw new ProvisionerError("operator", planned.reason, planned.message);
		const [plan] = plansFor([cell], planned, { controllerId, by });
		if (plan === undefined) throw new RangeError("one pod, one plan");
		const launched = launching(cell, plan, planned.decision, by, now);
		return launchRequestOf(launched, { issuer, userDataFor, config, controllerId });
	};
}

const missing = (architecture: Architecture): never => {
	throw new ProvisionerError("operator", "NoImage", `no ${architecture} image was found`);
};
