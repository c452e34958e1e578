import * as z from "zod";
import { Ec2Fault, invalidValue, missingParameter } from "./fault.ts";

/** A request's parameters as they came: `Filter.1.Value.2` → text. */
export type Parameters = ReadonlyMap<string, string>;

type Tree = { [name: string]: Tree | string };

/**
 * The parameters of a request in the shape that an action expects.
 *
 * @throws Ec2Fault with EC2's code for what is missing, unknown or of the wrong type. The value is
 * not in the message: it might be user data.
 */
export function read<Shape extends z.ZodType>(
	shape: Shape,
	parameters: Parameters,
): z.infer<Shape> {
	const parsed = shape.safeParse(treeOf(parameters));
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	if (issue === undefined) throw parsed.error;
	const path = issue.path.join(".");
	if (issue.code === "unrecognized_keys") {
		const unknown = [...issue.path, issue.keys[0]].join(".");
		throw new Ec2Fault("UnknownParameter", `The parameter ${unknown} is not recognized`);
	}
	if (isAbsent(parameters, path)) throw missingParameter(path);
	throw invalidValue(`Invalid value for parameter ${path}: ${issue.message}`);
}

const isAbsent = (parameters: Parameters, path: string): boolean =>
	![...parameters.keys()].some((name) => name === path || name.startsWith(`${path}.`));

/** What every action accepts; all else is in the action's own shape. */
export const common = {
	Action: z.string(),
	Version: z.string().optional(),
	DryRun: z.stringbool({ truthy: ["true"], falsy: ["false"] }).default(false),
};

/** An integer, which the query protocol sends as text. */
export const wholeNumber = z
	.string()
	.regex(/^-?\d{1,9}$/, "an integer is expected")
	.transform(Number);

export const flag = z.stringbool({ truthy: ["true"], falsy: ["false"] });

/** A list: `Name.1`, `Name.2`, … in the order of the numbers. */
export const list = <Item extends z.ZodType>(item: Item) =>
	z.preprocess((tree) => (isTree(tree) ? inOrder(tree) : tree), z.array(item)).default([]);

const isTree = (value: unknown): value is Tree => typeof value === "object" && value !== null;

const inOrder = (tree: Tree): unknown[] =>
	Object.entries(tree)
		.sort(([a], [b]) => Number(a) - Number(b))
		.map(([, item]) => item);

function treeOf(parameters: Parameters): Tree {
	const root: Tree = Object.create(null);
	for (const [name, value] of parameters) plant(root, name.split("."), value);
	return root;
}

function plant(root: Tree, path: readonly string[], value: string): void {
	let branch = root;
	for (const name of path.slice(0, -1)) {
		const next = branch[name] ?? Object.create(null);
		if (typeof next === "string")
			throw invalidValue(`The parameter ${path.join(".")} is ambiguous`);
		branch[name] = next;
		branch = next;
	}
	const leaf = path.at(-1) ?? "";
	branch[leaf] = value;
}
