import { ProvisionerError } from "../errors.ts";
import type { Authority, Vault } from "../pki/model.ts";
import type { StackAnswer, StackRequest } from "../stack/model.ts";
import { type RenewPorts, renewClient } from "./renew-client.ts";

/** What making, and at the end erasing, a deployment's authority touches. */
export type FoundAuthorityPorts = RenewPorts &
	Readonly<{
		vault: Pick<Vault, "found">;
		/** Where the vault keeps its parameters; also what CloudFormation calls the resource. */
		prefix: string;
		/** A new authority: random, and good for nothing until it is kept. */
		make(): Authority;
		/** Everything below the prefix, for ever. */
		erase(signal: AbortSignal): Promise<void>;
	}>;

/** What CloudFormation calls an authority whose creation has failed: there is nothing to erase. */
const nothing = "no-authority";

/**
 * The deployment's authority, as CloudFormation asks for it: made unless there is one, and erased where the
 * stack says so. The answer names the parameters' path and no more: CloudFormation keeps what it is told.
 *
 * Readiness' first client certificate comes along, so that no pod waits for the schedule of renewals.
 */
export async function foundAuthority(
	request: StackRequest,
	ports: FoundAuthorityPorts,
	signal: AbortSignal,
): Promise<StackAnswer> {
	try {
		if (request.RequestType !== "Delete") {
			await ports.vault.found(ports.make(), signal);
			await renewClient(ports, signal);
			return { status: "SUCCESS", physicalId: ports.prefix };
		}
		const physicalId = request.PhysicalResourceId ?? nothing;
		// Of a former prefix, or of a creation that failed, this deployment erases nothing.
		if (physicalId === ports.prefix) await ports.erase(signal);
		return { status: "SUCCESS", physicalId };
	} catch (error) {
		ports.log.error("authority not founded or erased", { request: request.RequestType, error });
		return {
			status: "FAILED",
			physicalId: request.PhysicalResourceId ?? nothing,
			reason: reasonOf(error),
		};
	}
}

/** What nobody has understood may quote anything: its name must do, the log has the rest. */
const reasonOf = (error: unknown): string =>
	error instanceof ProvisionerError
		? error.message
		: `${error instanceof Error ? error.name : "unknown"}; the log of the function found-authority has more`;
