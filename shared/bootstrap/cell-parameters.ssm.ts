import {
	DeleteParametersCommand,
	ParameterAlreadyExists,
	PutParameterCommand,
	paginateDescribeParameters,
	paginateGetParametersByPath,
	type SSMClient,
	SSMServiceException,
} from "@aws-sdk/client-ssm";
import { ProvisionerError } from "../errors.ts";
import { cellParameterNames } from "./cell-parameters.ts";
import type { CellParameter, CellParameters } from "./model.ts";

/** Names that one DeleteParameters takes, and parameters on one page of a path. */
const namesPerCall = 10;

/** The most that one page of DescribeParameters has. */
const descriptionsPerPage = 50;

/** Refusals that only somebody with more rights can mend. @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/CommonErrors.html */
const denials: ReadonlySet<string> = new Set([
	"AccessDeniedException",
	"InvalidKeyId",
	"InvalidSignatureException",
	"UnrecognizedClientException",
]);

/**
 * Cells' files as SecureStrings below `/kip/cells/<instance id>/`, where Kip's launcher looks for them.
 *
 * They are written by whoever gets so far, also twice and at the same time: the plan says what stands in
 * them. What the launcher must never see is half of them, or two forms at once. So what an earlier writer
 * may have left under other names goes first, and the part that it asks for first is written last.
 */
export const ssmCellParameters = (ssm: SSMClient): CellParameters => ({
	async write(instanceId, parameters, tags, signal) {
		const wanted = new Set(parameters.map(({ name }) => name));
		const others = cellParameterNames.filter((name) => !wanted.has(name));
		await settled("written", "ssm:PutParameter, ssm:AddTagsToResource, ssm:DeleteParameters", [
			async () => await deleteAll(ssm, others.map(nameOn(instanceId)), signal),
			...parameters
				.toReversed()
				.map((parameter) => async () => await put(ssm, instanceId, parameter, tags, signal)),
		]);
	},

	async remove(instanceId, signal) {
		await settled("deleted", "ssm:GetParametersByPath, ssm:DeleteParameters", [
			async () => await deleteAll(ssm, await namesBelow(ssm, instanceId, signal), signal),
		]);
	},

	async owners(tags, signal) {
		const owners = new Set<string>();
		await settled("listed", "ssm:DescribeParameters", [
			async () => {
				for (const name of await namesWith(ssm, tags, signal))
					owners.add(name.slice(folder.length).split("/", 1).join());
			},
		]);
		return [...owners];
	},
});

/** Below it, each instance has a path of its own. */
const folder = "/kip/cells/";

const pathOf = (instanceId: string): string => `${folder}${instanceId}`;

const nameOn =
	(instanceId: string) =>
	(name: string): string =>
		`${pathOf(instanceId)}/${name}`;

/** SSM takes tags only for a new parameter, and then no order to overwrite an old one. */
async function put(
	ssm: SSMClient,
	instanceId: string,
	{ name, value }: CellParameter,
	tags: Readonly<Record<string, string>>,
	abortSignal: AbortSignal,
): Promise<void> {
	const input = {
		Name: nameOn(instanceId)(name),
		Value: value,
		Type: "SecureString",
		// Standard and free of charge, until the account has more than 10,000 of them.
		Tier: "Intelligent-Tiering",
	} as const;
	const Tags = Object.entries({ ...tags, InstanceId: instanceId }).map(([Key, Value]) => ({
		Key,
		Value,
	}));
	try {
		await ssm.send(new PutParameterCommand({ ...input, Tags }), { abortSignal });
	} catch (error) {
		if (!(error instanceof ParameterAlreadyExists)) throw error;
		await ssm.send(new PutParameterCommand({ ...input, Overwrite: true }), { abortSignal });
	}
}

async function namesBelow(
	ssm: SSMClient,
	instanceId: string,
	abortSignal: AbortSignal,
): Promise<readonly string[]> {
	const names: string[] = [];
	const pages = paginateGetParametersByPath(
		{ client: ssm, pageSize: namesPerCall },
		{ Path: pathOf(instanceId), Recursive: true },
		{ abortSignal },
	);
	for await (const { Parameters = [] } of pages)
		names.push(...Parameters.flatMap(({ Name }) => (Name === undefined ? [] : [Name])));
	return names;
}

/** @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html */
async function namesWith(
	ssm: SSMClient,
	tags: Readonly<Record<string, string>>,
	abortSignal: AbortSignal,
): Promise<readonly string[]> {
	const ParameterFilters = [
		{ Key: "Name", Option: "BeginsWith", Values: [folder] },
		...Object.entries(tags).map(([key, value]) => ({ Key: `tag:${key}`, Values: [value] })),
	];
	const names: string[] = [];
	const pages = paginateDescribeParameters(
		{ client: ssm, pageSize: descriptionsPerPage },
		{ ParameterFilters },
		{ abortSignal },
	);
	for await (const { Parameters = [] } of pages)
		names.push(...Parameters.flatMap(({ Name }) => (Name === undefined ? [] : [Name])));
	return names;
}

async function deleteAll(
	ssm: SSMClient,
	names: readonly string[],
	abortSignal: AbortSignal,
): Promise<void> {
	for (let start = 0; start < names.length; start += namesPerCall) {
		const Names = names.slice(start, start + namesPerCall);
		await ssm.send(new DeleteParametersCommand({ Names }), { abortSignal });
	}
}

/**
 * One step after the other.
 *
 * @throws ProvisionerError with the failure's name alone: AWS's own words quote the value that it refuses.
 */
async function settled(
	done: string,
	permissions: string,
	steps: readonly (() => Promise<void>)[],
): Promise<void> {
	try {
		for (const step of steps) await step();
	} catch (error) {
		const name = error instanceof Error ? error.name : "unknown";
		if (error instanceof SSMServiceException && denials.has(name))
			throw new ProvisionerError(
				"operator",
				"ParametersDenied",
				`A cell's parameters could not be ${done} (${name}): allow this function ${permissions} on parameter/kip/cells/*, and the use of their KMS key.`,
			);
		throw new ProvisionerError(
			"unavailable",
			"ParametersUnavailable",
			`A cell's parameters could not be ${done} (${name}); it is tried again`,
			{ retryAfterSeconds: 5 },
		);
	}
}
