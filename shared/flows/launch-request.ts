import type { CellParameter, RenderCellParameters, RenderUserData } from "../bootstrap/model.ts";
import type { CellIn } from "../cells/model.ts";
import type { ProviderConfig } from "../config/provider.ts";
import type { LaunchRequest } from "../instances/model.ts";
import type { Credentials, Issuer } from "../pki/model.ts";

/** What a plan becomes a request with. Nothing here reads a clock or a random number. */
export type LaunchRequestPorts = Readonly<{
	issuer: Issuer;
	userDataFor: RenderUserData;
	config: ProviderConfig;
	controllerId: string;
	/** The deployment's own group, in which readiness may ask a cell; absent: the operator's groups alone. */
	cellsSecurityGroup?: string | undefined;
}>;

/** The one request that this plan makes, on whatever worker and however often: identity and user data are derived. */
export const launchRequestOf = (
	cell: CellIn<"Launching">,
	{ issuer, userDataFor, config, controllerId, cellsSecurityGroup }: LaunchRequestPorts,
): LaunchRequest => {
	const { cellName, plan, pod, request } = cell;
	const { cells } = config;
	const credentials = credentialsOf(cell, issuer);
	const instanceProfile = request.instanceProfile ?? cells.defaultInstanceProfile;
	return {
		clientToken: plan.clientToken,
		...(plan.group === undefined ? {} : { count: plan.group.podUids.length }),
		offering: plan.offering,
		subnetId: plan.subnetId,
		image: plan.image,
		volumeGib: plan.volumeGib,
		...(cells.volumeEncryption === "on" ? { volumeEncryption: keyOf(cells) } : {}),
		metadataTokens: cells.metadataTokens,
		securityGroupIds: [
			...new Set([
				...(cellsSecurityGroup === undefined ? [] : [cellsSecurityGroup]),
				...cells.extraSecurityGroups,
				...request.securityGroupIds,
			]),
		],
		...(instanceProfile === undefined ? {} : { instanceProfile }),
		privateAddressOnly: request.privateAddressOnly ?? cells.privateIpOnly,
		userData: userDataFor(
			credentials,
			plan.offering.architecture,
			plan.cellFilesIn,
			plan.maxLifetimeSeconds,
		),
		// `Node` and `KipControllerID` are what Kip-style garbage collection looks for.
		tags: {
			Name: `${cells.nametag} ${namedAfter(cell)}`.slice(0, tagValueLength),
			Node: plan.group?.name ?? cellName,
			KipControllerID: controllerId,
			KipNametag: cells.nametag,
			KipNamespace: pod.namespace,
			...podTags(cell),
			"cellwright.dev/attempt": String(plan.attempt),
		},
	};
};

/** A pod; or replicas, by their first one's namespace and their workload: every worker must say the same. */
const namedAfter = ({ plan, pod, request }: CellIn<"Launching">): string =>
	plan.group === undefined
		? `${pod.namespace}/${pod.name}`
		: `${pod.namespace}/workload ${request.workloadUid ?? ""}`.trim();

/** Whose the instance is. One request has the same tags for all that it makes: a launch index tells them apart. */
const podTags = ({
	plan: { group },
	pod,
}: CellIn<"Launching">): Readonly<Record<string, string>> =>
	group === undefined
		? { "cellwright.dev/pod-uid": pod.uid }
		: Object.fromEntries(
				group.podUids.map((uid, index) => [`cellwright.dev/pod-uid-${index}`, uid]),
			);

/** What must stand in the parameter store for this plan's cell; nothing where its user data holds it all. */
export const cellParametersOf = (
	cell: CellIn<"Launching">,
	{ issuer, parametersFor }: Readonly<{ issuer: Issuer; parametersFor: RenderCellParameters }>,
): readonly CellParameter[] =>
	cell.plan.cellFilesIn === "parameter-store"
		? parametersFor(credentialsOf(cell, issuer), cell.plan.offering.architecture)
		: [];

/** As Kip tags its parameters, and the cell's name. */
export const parameterTags = (
	{ cellName }: CellIn<"Launching">,
	{ config, controllerId }: Pick<LaunchRequestPorts, "config" | "controllerId">,
): Readonly<Record<string, string>> => ({
	Node: cellName,
	KipControllerID: controllerId,
	KipNametag: config.cells.nametag,
});

/** Who this plan's cell is, every time the same. Secret. */
export const credentialsOf = (
	{ cellName, plan }: CellIn<"Launching">,
	issuer: Issuer,
): Credentials =>
	issuer.cell({
		cellName: plan.group?.name ?? cellName,
		attempt: plan.attempt,
		issuedAt: new Date(plan.issuedAt),
		lifetimeSeconds: plan.certificateLifetimeSeconds,
	}).credentials;

const keyOf = ({ volumeKmsKeyId }: ProviderConfig["cells"]) =>
	volumeKmsKeyId === undefined ? {} : { kmsKeyId: volumeKmsKeyId };

/** EC2's limit. */
const tagValueLength = 256;
