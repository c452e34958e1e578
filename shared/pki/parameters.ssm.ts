import {
	DeleteParameterCommand,
	GetParametersCommand,
	type Parameter,
	ParameterAlreadyExists,
	ParameterNotFound,
	PutParameterCommand,
	type SSMClient,
	SSMServiceException,
} from "@aws-sdk/client-ssm";
import { ProvisionerError } from "../errors.ts";

/** Names that one GetParameters takes. @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html */
export const namesPerRead = 10;

/** Value size of a standard parameter, in bytes. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const standardParameterBytes = 4_096;

/** Refusals that only somebody with more rights can mend. @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html */
const denials: ReadonlySet<string> = new Set([
	"AccessDeniedException",
	"InvalidKeyId",
	"InvalidSignatureException",
	"UnrecognizedClientException",
]);

/** SSM's parameters as the vault needs them: read by name, made once, deleted; never overwritten. */
export type SsmParameters = Readonly<{
	/** Those of these names that exist, at most ten, by name. */
	read(names: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>>;
	/** @returns false when there is one of that name already; it stays as it is. */
	create(
		name: string,
		value: string,
		type: "String" | "SecureString",
		signal: AbortSignal,
	): Promise<boolean>;
	/** Deletes it with its history, if it is there. */
	remove(name: string, signal: AbortSignal): Promise<void>;
}>;

export const ssmParameters = (ssm: SSMClient): SsmParameters => ({
	async read(names, signal) {
		const command = new GetParametersCommand({ Names: [...names], WithDecryption: true });
		const { Parameters = [] } = await ssm
			.send(command, { abortSignal: signal })
			.catch((error: unknown) => explained(error, names));
		return new Map(Parameters.flatMap(entryOf));
	},

	async create(name, value, type, signal) {
		if (Buffer.byteLength(value) > standardParameterBytes) throw tooLarge(name, value);
		const command = new PutParameterCommand({ Name: name, Value: value, Type: type });
		try {
			await ssm.send(command, { abortSignal: signal });
			return true;
		} catch (error) {
			if (error instanceof ParameterAlreadyExists) return false;
			return explained(error, [name]);
		}
	},

	async remove(name, signal) {
		try {
			await ssm.send(new DeleteParameterCommand({ Name: name }), { abortSignal: signal });
		} catch (error) {
			if (!(error instanceof ParameterNotFound)) explained(error, [name]);
		}
	},
});

const entryOf = ({ Name, Value }: Parameter): [string, string][] =>
	Name === undefined || Value === undefined ? [] : [[Name, Value]];

const tooLarge = (name: string, value: string) =>
	new ProvisionerError(
		"operator",
		"AuthorityTooLarge",
		`The authority needs ${Buffer.byteLength(value)} bytes, and parameter ${name} holds ${standardParameterBytes}: use a smaller RSA key.`,
	);

/** @throws always: ProvisionerError where a human must act, the error itself otherwise. */
function explained(error: unknown, names: readonly string[]): never {
	if (error instanceof SSMServiceException && denials.has(error.name)) {
		throw new ProvisionerError(
			"operator",
			"AuthorityDenied",
			`Parameters ${names.join(", ")} can't be used (${error.name}): allow this role ssm:GetParameters, or whoever rotates ssm:PutParameter and ssm:DeleteParameter, on them and their KMS key.`,
			{ cause: error },
		);
	}
	throw error;
}
