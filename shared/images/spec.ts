import { type Fault, invalid } from "../errors.ts";
import type { Architecture } from "../offerings/model.ts";
import type { BootImageSpec } from "./model.ts";

/** What DescribeImages is asked, in EC2's words; absent where nothing is asked. */
export type ImageQuery = Readonly<{
	Owners?: readonly string[];
	ExecutableUsers?: readonly string[];
	ImageIds?: readonly string[];
	Filters: readonly ImageFilter[];
}>;

type ImageFilter = Readonly<{ Name: string; Values: readonly string[] }>;

/** Elotl's account and the name of its images: what an empty spec means. */
const defaultImageOwner = "689494258501";
const defaultImageFilter: ImageFilter = { Name: "name", Values: ["elotl-kip-*"] };

/** Filters that are always ours: an image that isn't available, or of another architecture, can't boot a cell. */
const ownFilters: readonly string[] = ["state", "architecture"];

/**
 * The spec as a query.
 *
 * As in Kip, the default owner and name apply to an empty spec alone: a spec with
 * one key of its own means that key and nothing else.
 *
 * @throws ProvisionerError `invalid` `InvalidImageSpec` for a filter that isn't `name=value`.
 */
export function imageQuery(spec: BootImageSpec, architecture: Architecture): ImageQuery {
	const faults = imageSpecFaults(spec, architecture, "bootImageSpec");
	if (faults.length > 0) throw invalid("InvalidImageSpec", faults);
	const always = [
		{ Name: "state", Values: ["available"] },
		{ Name: "architecture", Values: [architecture] },
	];
	if (isEmptySpec(spec)) {
		return { Owners: [defaultImageOwner], Filters: [defaultImageFilter, ...always] };
	}
	const theirs = words(spec.filters).map(filterOf);
	return {
		...list("Owners", spec.owners),
		...list("ExecutableUsers", spec.executableUsers),
		...list("ImageIds", spec.imageIDs),
		Filters: [...theirs.filter(({ Name }) => !ownFilters.includes(Name)), ...always],
	};
}

/** Everything that is wrong with a spec's filters; `path` is where the spec stands. */
export const imageSpecFaults = (
	spec: BootImageSpec,
	architecture: Architecture,
	path: string,
): Fault[] =>
	words(spec.filters).flatMap((item) => {
		const problem = filterProblem(item, architecture);
		return problem === undefined ? [] : [{ path: `${path}.filters`, value: item, problem }];
	});

/** The accounts whose images a spec selects; Elotl's for an empty spec. */
export const imageOwners = (spec: BootImageSpec): readonly string[] =>
	isEmptySpec(spec) ? [defaultImageOwner] : words(spec.owners);

/** The maker's part of a public parameter's name: what comes after `/aws/service/`. */
export const imageParameterMakers = (spec: BootImageSpec): readonly string[] =>
	words(spec.imageIDs).flatMap((word) => parameterOf(word)?.split("/").slice(3, 4) ?? []);

/**
 * The public SSM parameter that `resolve:ssm:/aws/service/…` names; undefined for anything else. EC2 writes it
 * the same way in launch templates.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
 */
export const parameterOf = (word: string): string | undefined =>
	/^resolve:ssm:(\/aws\/service\/[\w./-]+(:\d+)?)$/.exec(word)?.[1];

const isEmptySpec = (spec: BootImageSpec): boolean =>
	Object.values(spec).every((value) => words(value).length === 0);

const words = (text: string | undefined): string[] => text?.match(/\S+/g) ?? [];

const list = (name: "Owners" | "ExecutableUsers" | "ImageIds", text: string | undefined) => {
	const values = words(text);
	return values.length === 0 ? {} : { [name]: values };
};

/** `name=v1,v2`, cut at the first `=`: a tag's value may hold another one. */
const filterOf = (item: string): ImageFilter => {
	const equals = item.indexOf("=");
	return { Name: item.slice(0, equals), Values: item.slice(equals + 1).split(",") };
};

function filterProblem(item: string, architecture: Architecture): string | undefined {
	if (item.indexOf("=") < 1) {
		return "Invalid: a filter is written name=value or name=value,value, without spaces; see DescribeImages for the names";
	}
	const { Name, Values } = filterOf(item);
	if (Values.includes("")) return "Invalid: a filter has no empty values; remove it or the comma";
	if (Name === "architecture" && !Values.includes(architecture)) {
		return `Invalid: this spec is for ${architecture}; leave the filter out, it is added for you`;
	}
	return undefined;
}
