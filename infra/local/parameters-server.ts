import { createHash } from "node:crypto";
import * as z from "zod";
import { type JsonService, Refusal, startJsonService } from "./json-service.ts";

/**
 * SSM's parameter store, as far as we call it: parameters in memory, behind SSM's own wire (AWS JSON 1.1).
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export type ParametersServer = JsonService;

type Parameter = Readonly<{
	name: string;
	type: "String" | "StringList" | "SecureString";
	value: string;
	version: number;
	modifiedAt: Date;
	tags: Readonly<Record<string, string>>;
}>;

type Store = Map<string, Parameter>;

const standardValueCharacters = 4_096;

const Name = z.object({ Name: z.string().min(1) });
const Names = z.object({ Names: z.array(z.string().min(1)).min(1).max(10) });
const Decryption = z.object({ WithDecryption: z.boolean().default(false) });
const Put = Name.extend({
	Value: z.string().min(1),
	Type: z.enum(["String", "StringList", "SecureString"]).optional(),
	Overwrite: z.boolean().default(false),
	Tier: z.enum(["Standard", "Advanced", "Intelligent-Tiering"]).default("Standard"),
	Tags: z.array(z.object({ Key: z.string().min(1), Value: z.string() })).default([]),
});
const ByPath = Decryption.extend({
	Path: z.string().startsWith("/"),
	Recursive: z.boolean().default(false),
	MaxResults: z.int().min(1).max(10).default(10),
	/** The last name of the page before. */
	NextToken: z.string().default(""),
});

/** Only the filters that we use. */
const ParameterFilter = z.union([
	z.strictObject({
		Key: z.literal("Name"),
		Option: z.literal("BeginsWith"),
		Values: z.array(z.string().min(1)).length(1),
	}),
	z.strictObject({
		Key: z.templateLiteral(["tag:", z.string().min(1)]),
		Option: z.literal("Equals").optional(),
		Values: z.array(z.string()).min(1).max(50),
	}),
]);
const Describe = z.object({
	ParameterFilters: z.array(ParameterFilter).default([]),
	MaxResults: z.int().min(1).max(50).default(10),
	/** The last name of the page before. */
	NextToken: z.string().default(""),
});

/** What each operation does with the parameters, and what it answers. */
const operations: Readonly<Record<string, (store: Store, input: unknown) => object>> = {
	PutParameter(store, input) {
		const { Name: name, Value: value, Type, Overwrite, Tier, Tags } = Put.parse(input);
		const former = store.get(name);
		if (Overwrite && Tags.length > 0) {
			throw new Refusal(
				"ValidationException",
				"Invalid request: tags and overwrite can't be used together.",
			);
		}
		if (former !== undefined && !Overwrite) {
			throw new Refusal(
				"ParameterAlreadyExists",
				"The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
			);
		}
		const type = Type ?? former?.type;
		if (type === undefined) {
			throw new Refusal(
				"ValidationException",
				"A parameter type is required when you create a parameter.",
			);
		}
		if (Tier === "Standard" && value.length > standardValueCharacters) {
			throw new Refusal(
				"ValidationException",
				`Standard tier parameters support a maximum parameter value of ${standardValueCharacters} characters.`,
			);
		}
		const version = (former?.version ?? 0) + 1;
		const tags = Overwrite
			? (former?.tags ?? {})
			: Object.fromEntries(Tags.map((tag) => [tag.Key, tag.Value]));
		store.set(name, { name, type, value, version, modifiedAt: new Date(), tags });
		return {
			Tier: value.length > standardValueCharacters ? "Advanced" : "Standard",
			Version: version,
		};
	},

	GetParameter(store, input) {
		const { Name: name, WithDecryption } = Name.extend(Decryption.shape).parse(input);
		return { Parameter: shown(existing(store, name), WithDecryption) };
	},

	GetParameters(store, input) {
		const { Names: names, WithDecryption } = Names.extend(Decryption.shape).parse(input);
		const found = names.flatMap((name) => store.get(name) ?? []);
		return {
			Parameters: found.map((parameter) => shown(parameter, WithDecryption)),
			InvalidParameters: names.filter((name) => !store.has(name)),
		};
	},

	GetParametersByPath(store, input) {
		const { Path, Recursive, WithDecryption, MaxResults, NextToken } = ByPath.parse(input);
		const prefix = Path.endsWith("/") ? Path : `${Path}/`;
		const below = [...store.values()]
			.filter(({ name }) => name.startsWith(prefix))
			.filter(({ name }) => Recursive || !name.slice(prefix.length).includes("/"));
		const { page, ...more } = pageOf(below, MaxResults, NextToken);
		return { Parameters: page.map((parameter) => shown(parameter, WithDecryption)), ...more };
	},

	DescribeParameters(store, input) {
		const { ParameterFilters, MaxResults, NextToken } = Describe.parse(input);
		const found = [...store.values()].filter(({ name, tags }) =>
			ParameterFilters.every(({ Key, Values }) =>
				Values.some((value) =>
					Key === "Name" ? name.startsWith(value) : tags[Key.slice("tag:".length)] === value,
				),
			),
		);
		const { page, ...more } = pageOf(found, MaxResults, NextToken);
		return { Parameters: page.map(({ name, type }) => ({ Name: name, Type: type })), ...more };
	},

	DeleteParameter(store, input) {
		store.delete(existing(store, Name.parse(input).Name).name);
		return {};
	},

	DeleteParameters(store, input) {
		const { Names: names } = Names.parse(input);
		const known = names.filter((name) => store.has(name));
		const unknown = names.filter((name) => !store.has(name));
		for (const name of known) store.delete(name);
		return { DeletedParameters: known, InvalidParameters: unknown };
	},
};

/**
 * Starts a parameter store on a free port of the loopback interface.
 *
 * @param publicParameters what AWS and makers of images publish below `/aws/service`, names to values.
 */
export async function startParameters(
	publicParameters: Readonly<Record<string, string>> = {},
): Promise<ParametersServer> {
	const store: Store = new Map(
		Object.entries(publicParameters).map(([name, value]) => [
			name,
			{ name, type: "String", value, version: 1, modifiedAt: new Date(), tags: {} },
		]),
	);
	const bound = Object.entries(operations).map(
		([name, operation]) => [name, (input: unknown) => operation(store, input)] as const,
	);
	return await startJsonService("AmazonSSM", Object.fromEntries(bound), "ValidationException");
}

const pageOf = (
	found: readonly Parameter[],
	most: number,
	after: string,
): { page: readonly Parameter[]; NextToken?: string } => {
	const rest = found.filter(({ name }) => name > after).sort((a, b) => (a.name < b.name ? -1 : 1));
	const page = rest.slice(0, most);
	const last = rest.length > page.length ? page.at(-1) : undefined;
	return { page, ...(last === undefined ? {} : { NextToken: last.name }) };
};

function existing(store: Store, name: string): Parameter {
	const parameter = store.get(name);
	if (parameter === undefined) throw new Refusal("ParameterNotFound", "");
	return parameter;
}

const shown = (parameter: Parameter, decrypted: boolean): object => ({
	Name: parameter.name,
	Type: parameter.type,
	// Who forgets WithDecryption gets something that isn't the value, as from SSM.
	Value:
		parameter.type === "SecureString" && !decrypted
			? createHash("sha512").update(parameter.value).digest("base64")
			: parameter.value,
	Version: parameter.version,
	LastModifiedDate: parameter.modifiedAt.getTime() / 1_000,
	ARN: `arn:aws:ssm:us-east-1:000000000000:parameter${parameter.name.startsWith("/") ? "" : "/"}${parameter.name}`,
	DataType: "text",
});
