import {
	GetParametersCommand,
	type Parameter,
	type SSMClient,
	SSMServiceException,
} from "@aws-sdk/client-ssm";
import { type FailureKind, ProvisionerError } from "../errors.ts";
import type { ImageParameters } from "./resolve.ts";

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
const namesPerCall = 10;

/** The public parameters of SSM; `ssm:GetParameters` on `arn:aws:ssm:<region>::parameter/aws/service/*`. */
export const ssmImageParameters = (ssm: SSMClient): ImageParameters => ({
	async imageIds(names, signal) {
		const found: Parameter[] = [];
		for (let start = 0; start < names.length; start += namesPerCall) {
			const Names = names.slice(start, start + namesPerCall);
			const { Parameters = [] } = await ssm
				.send(new GetParametersCommand({ Names }), { abortSignal: signal })
				.catch((error: unknown) => explained(error, Names));
			found.push(...Parameters);
		}
		const values = new Map(
			found.map(({ Name = "", Selector = "", Value = "" }) => [`${Name}${Selector}`, Value]),
		);
		const missing = names.filter((name) => !values.has(name));
		if (missing.length > 0)
			throw wrong(missing, "doesn't exist in this region", "correct the name, or choose another");
		const odd = names.filter((name) => !/^ami-[0-9a-f]+$/.test(values.get(name) ?? ""));
		if (odd.length > 0)
			throw wrong(odd, "holds no image id", "name the parameter that ends in ami-id or image_id");
		return values;
	},
});

const wrong = (names: readonly string[], problem: string, remedy: string) =>
	new ProvisionerError(
		"operator",
		"ImageParameterUnusable",
		`SSM parameter ${names.join(", ")} of a boot image spec ${problem}: ${remedy}`,
	);

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html */
const failures: ReadonlyMap<string, FailureKind> = new Map([
	["AccessDeniedException", "operator"],
	["ValidationException", "operator"],
	["UnrecognizedClientException", "operator"],
	["ThrottlingException", "unavailable"],
	["InternalServerError", "unavailable"],
	["InternalFailure", "unavailable"],
	["ServiceUnavailable", "unavailable"],
]);

/** @throws always: ProvisionerError for what somebody has understood, the error itself otherwise. */
function explained(error: unknown, names: readonly string[]): never {
	if (!(error instanceof SSMServiceException)) throw error;
	const kind = failures.get(error.name);
	if (kind === undefined) throw error;
	const what = `SSM parameter ${names.join(", ")} of a boot image spec`;
	const why = `${error.name}: ${error.message}`;
	throw kind === "operator"
		? new ProvisionerError(
				kind,
				"ImageParameterRefused",
				`${what} can't be read (${why}): allow this role ssm:GetParameters on it`,
				{ cause: error },
			)
		: new ProvisionerError(
				kind,
				"ImageParameterLookupFailed",
				`${what} can't be read at the moment (${why})`,
				{ cause: error },
			);
}
