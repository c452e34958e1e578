import type { CellIn } from "../cells/model.ts";
import type { ProviderConfig } from "../config/provider.ts";
import type { LaunchRequest } from "../instances/model.ts";
import type { Architecture } from "../offerings/model.ts";
import type { Credentials, Issuer } from "../pki/model.ts";

/** What a plan becomes a request with. Nothing here reads a clock or a random number. */
export type LaunchRequestPorts = Readonly<{
	issuer: Issuer;
	userDataFor(credentials: Credentials, architecture: Architecture): Uint8Array;
	config: ProviderConfig;
	controllerId: string;
}>;

/** The one request that this plan makes, on whatever worker and however often: identity and user data are derived. */
export const launchRequestOf = (
	{ cellName, plan, pod, request }: CellIn<"Launching">,
	{ issuer, userDataFor, config: { cells }, controllerId }: LaunchRequestPorts,
): LaunchRequest => {
	const { credentials } = issuer.cell({
		cellName,
		attempt: plan.attempt,
		issuedAt: new Date(plan.issuedAt),
		lifetimeSeconds: cells.certificateLifetimeSeconds,
	});
	const instanceProfile = request.instanceProfile ?? cells.defaultInstanceProfile;
	return {
		clientToken: plan.clientToken,
		offering: plan.offering,
		subnetId: plan.subnetId,
		image: plan.image,
		volumeGib: plan.volumeGib,
		...(cells.volumeEncryption === "on" ? { volumeEncryption: keyOf(cells) } : {}),
		metadataTokens: cells.metadataTokens,
		securityGroupIds: [...new Set([...cells.extraSecurityGroups, ...request.securityGroupIds])],
		...(instanceProfile === undefined ? {} : { instanceProfile }),
		privateAddressOnly: request.privateAddressOnly ?? cells.privateIpOnly,
		userData: userDataFor(credentials, plan.offering.architecture),
		// `Node` and `KipControllerID` are what Kip-style garbage collection looks for.
		tags: {
			Name: `${cells.nametag} ${pod.namespace}/${pod.name}`.slice(0, tagValueLength),
			Node: cellName,
			KipControllerID: controllerId,
			KipNametag: cells.nametag,
			KipNamespace: pod.namespace,
			"cellwright.dev/pod-uid": pod.uid,
			"cellwright.dev/attempt": String(plan.attempt),
		},
	};
};

const keyOf = ({ volumeKmsKeyId }: ProviderConfig["cells"]) =>
	volumeKmsKeyId === undefined ? {} : { kmsKeyId: volumeKmsKeyId };

/** EC2's limit. */
const tagValueLength = 256;
