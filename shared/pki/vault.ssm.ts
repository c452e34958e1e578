import {
	GetParameterCommand,
	ParameterAlreadyExists,
	ParameterNotFound,
	PutParameterCommand,
	type SSMClient,
	SSMServiceException,
} from "@aws-sdk/client-ssm";
import { ProvisionerError } from "../errors.ts";
import { Authority, type Vault } from "./model.ts";

/** Value size of a standard parameter, in bytes. @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html */
const standardParameterBytes = 4_096;

/** Refusals that only somebody with more rights can mend. @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html */
const denials: ReadonlySet<string> = new Set([
	"AccessDeniedException",
	"InvalidKeyId",
	"InvalidSignatureException",
	"UnrecognizedClientException",
]);

/**
 * The authority as one SecureString parameter, `<prefix>/authority`.
 *
 * One and not three, so that certificate, key and secret can only be found together; never overwritten, so
 * that of two first starts at once the second takes the first one's.
 *
 * @param prefix path without a final slash: `/cellwright/production`.
 */
export function ssmVault(ssm: SSMClient, prefix: string): Vault {
	const name = `${prefix}/authority`;

	const authority = async (signal: AbortSignal): Promise<Authority> => {
		const command = new GetParameterCommand({ Name: name, WithDecryption: true });
		const { Parameter } = await ssm
			.send(command, { abortSignal: signal })
			.catch((error: unknown) => explained(error, name));
		return readAuthority(Parameter?.Value ?? "", name);
	};

	return {
		authority,
		async found(founded, signal) {
			const command = new PutParameterCommand({
				Name: name,
				Value: written(founded, name),
				Type: "SecureString",
				Overwrite: false,
			});
			try {
				await ssm.send(command, { abortSignal: signal });
				return founded;
			} catch (error) {
				if (error instanceof ParameterAlreadyExists) return authority(signal);
				return explained(error, name);
			}
		},
	};
}

function written(authority: Authority, name: string): string {
	const value = JSON.stringify(authority);
	if (value.length <= standardParameterBytes) return value;
	throw new ProvisionerError(
		"operator",
		"AuthorityTooLarge",
		`The authority needs ${value.length} bytes, and parameter ${name} holds ${standardParameterBytes}: use a smaller RSA key, or trust fewer authorities at once.`,
	);
}

/** Neither the value nor the parser's words, which quote it, get into the error. */
function readAuthority(value: string, name: string): Authority {
	const read = Authority.safeParse(parsed(value));
	if (read.success) return read.data;
	const fields = read.error.issues.map(({ path }) => path.join(".") || "(all)").join(", ");
	throw new ProvisionerError(
		"operator",
		"AuthorityUnreadable",
		`Parameter ${name} doesn't hold an authority (missing or wrong: ${fields}): restore it, or delete it and deploy again.`,
	);
}

function parsed(json: string): unknown {
	try {
		return JSON.parse(json);
	} catch {
		return undefined;
	}
}

/** @throws always: ProvisionerError where a human must act, the error itself otherwise. */
function explained(error: unknown, name: string): never {
	if (error instanceof ParameterNotFound) {
		throw new ProvisionerError(
			"operator",
			"AuthorityMissing",
			`There is no certificate authority in parameter ${name} yet: deploy, or start locally, to make one.`,
			{ cause: error },
		);
	}
	if (error instanceof SSMServiceException && denials.has(error.name)) {
		throw new ProvisionerError(
			"operator",
			"AuthorityDenied",
			`Parameter ${name} can't be used (${error.name}): allow this role ssm:GetParameter or ssm:PutParameter on it, and its KMS key.`,
			{ cause: error },
		);
	}
	throw error;
}
