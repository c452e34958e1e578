import { checkCloudInit } from "../../../shared/bootstrap/check-cloud-init.ts";
import type { CellSettings } from "../../../shared/bootstrap/model.ts";
import { loadProvider } from "../../../shared/config/load.ts";
import type { ProviderConfig } from "../../../shared/config/provider.ts";
import { offeringChooser } from "../../../shared/flows/choose-offering.ts";
import { closedFor, withTimes } from "../../../shared/flows/closed-offerings.ts";
import type { Chooser } from "../../../shared/flows/plan-attempt.ts";
import type { CatalogueInForce } from "../../../shared/offerings/catalogue-source.ts";
import type { Decision, Subnet } from "../../../shared/offerings/model.ts";
import type { SetAsideEntry } from "../../../shared/offerings/set-aside.ts";
import type { CellRequest } from "../../../shared/pods/model.ts";
import { laptopZones } from "../../local/laptop-ec2.ts";
import { names } from "../../local/names.ts";
import type { Place } from "../place/place.ts";
import { marketAt } from "./market.ts";

/** What a choice rests on beside the pod. */
export type ChoiceBasis = Readonly<{
	providerFile: string;
	config: ProviderConfig;
	subnets: readonly Subnet[];
	/** For people: where the subnets' zones come from. */
	zonesFrom: string;
	/** For people: whose figures these are, and how old. */
	catalogue: string;
	/** What user data is made from. Secret. */
	settings: CellSettings;
	/** What EC2 refused lately. */
	setAside: readonly SetAsideEntry[];
	/** On the machines. */
	controllerId: string;
	configRevision: string;
	choose: Chooser;
	/**
	 * What launch would decide now.
	 *
	 * @throws ProvisionerError `invalid` for a label that nobody knows.
	 */
	decide(request: CellRequest, seed: string): Promise<Decision>;
}>;

/**
 * The same configuration, catalogue and refusals as launch's.
 *
 * @throws ProvisionerError `invalid` with every fault of the operator's files; `unavailable` where a deployment was named
 *   that can't be asked.
 */
export async function choiceBasis(
	providerFile: string,
	place: Place,
	now: () => Date,
): Promise<ChoiceBasis> {
	const { config, settings, revision } = await loadProvider(providerFile, checkCloudInit);
	const market = await marketAt(place, config, now);
	const { catalogue } = market.inForce;
	const subnets = market.subnets ?? laptopSubnets(config);
	const closed = closedFor(subnets, market.setAside, now());
	const choose = offeringChooser(config, async () => catalogue);
	return {
		providerFile,
		config,
		subnets,
		zonesFrom:
			market.subnets === undefined
				? "no stack runs in this folder that knows the subnets: one zone each, as the simulated EC2 gives them"
				: `of ${ownerOf(place)} subnets`,
		catalogue: catalogueText(market.inForce, ownerOf(place)),
		settings,
		setAside: market.setAside,
		controllerId: place.isAssumed ? names.controllerId : place.controllerId,
		configRevision: revision,
		choose,
		async decide(request, seed) {
			const isClosed = (each: Parameters<typeof closed.why>[0]) => closed.why(each) !== undefined;
			const { decision } = await choose(request, subnets, isClosed, seed);
			return withTimes(decision, closed);
		},
	};
}

const ownerOf = ({ kind, deployment }: Place): string =>
	kind === "stack" ? "the running stack's" : `${deployment}'s`;

const catalogueText = ({ catalogue, origin, failure }: CatalogueInForce, owner: string): string =>
	[
		`${origin === "stored" ? owner : "packaged"}, ${catalogue.types.length} types, prices of ${catalogue.date}`,
		...(catalogue.approximate ? [`approximate for ${catalogue.region}: another region's`] : []),
		...(failure === undefined ? [] : [`${owner} can't be read`]),
	].join("; ");

/** As many as a /20 has. */
const plentyOfAddresses = 4_091;

const laptopSubnets = ({ aws: { region, subnetIds } }: ProviderConfig): readonly Subnet[] =>
	laptopZones(region, subnetIds).map(({ subnetId, zoneId, zone }) => ({
		subnetId,
		zoneId,
		zone,
		freeAddresses: plentyOfAddresses,
	}));
