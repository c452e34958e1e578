import {
	DeleteParametersCommand,
	paginateGetParametersByPath,
	type SSMClient,
} from "@aws-sdk/client-ssm";

/** Names that one DeleteParameters takes, and one page gives. */
const namesPerCall = 10;

/**
 * Deletes everything that a vault keeps below its prefix, for a deployment that goes for good: no cell that
 * it has made can be asked afterwards. Values are neither read nor decrypted.
 *
 * @param prefix path without a final slash: `/cellwright/production`.
 */
export const ssmErasure =
	(ssm: SSMClient, prefix: string) =>
	async (abortSignal: AbortSignal): Promise<void> => {
		const names: string[] = [];
		const pages = paginateGetParametersByPath(
			{ client: ssm, pageSize: namesPerCall },
			{ Path: prefix, Recursive: true, WithDecryption: false },
			{ abortSignal },
		);
		for await (const { Parameters = [] } of pages)
			names.push(...Parameters.flatMap(({ Name }) => Name ?? []));
		for (let start = 0; start < names.length; start += namesPerCall) {
			const Names = names.slice(start, start + namesPerCall);
			await ssm.send(new DeleteParametersCommand({ Names }), { abortSignal });
		}
	};
