import { SSMClient } from "@aws-sdk/client-ssm";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { type ParametersServer, startParameters } from "../../infra/local/parameters-server.ts";
import { newAuthority } from "../../shared/pki/authority.forge.ts";
import type { Vault } from "../../shared/pki/model.ts";
import { ssmVault } from "../../shared/pki/vault.ssm.ts";

/** A parameter store of its own, and as many processes' views of one vault in it as a test needs. */
export async function vaultServer() {
	const server: ParametersServer = await startParameters();
	const ssm = new SSMClient({ ...laptopAws, endpoint: server.endpoint });
	let prefixes = 0;
	return {
		/** A new vault with one authority, and a way to open it as another process would. */
		async founded(createdAt: Date): Promise<() => Vault> {
			const prefix = `/vaults/${prefixes++}`;
			await ssmVault(ssm, prefix).found(newAuthority(createdAt), new AbortController().signal);
			return () => ssmVault(ssm, prefix);
		},
		async close() {
			ssm.destroy();
			await server.close();
		},
	};
}
