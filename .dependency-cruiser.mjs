/**
 * Which folder may import which: tests, infra -> functions -> flows -> domains -> models -> errors; client is a way in
 * from outside, as functions are from queues.
 * Every rule is an error; tests/architecture.test.ts proves that they see the code and can fail.
 */
const adapter = "\\.(ec2|dynamodb|sqs|ssm|eventbridge|pricing|https|forge)\\.ts$";
const root = "^(functions/[^/]+/index\\.ts|client/|infra/|tests/|bench/)";

const forbidden = [
	{ name: "no-cycles", from: {}, to: { circular: true } },
	{
		name: "downwards-only",
		from: { path: "^shared/" },
		to: { path: "^(client|functions|infra|tests|bench)/" },
	},
	{
		name: "functions-below-infra",
		from: { path: "^functions/" },
		to: { path: "^(client|infra|tests|bench)/" },
	},
	{
		name: "client-below-infra",
		from: { path: "^client/" },
		to: { path: "^(functions|infra|tests|bench)/" },
	},
	{ name: "infra-below-tests", from: { path: "^infra/" }, to: { path: "^(tests|bench)/" } },
	{
		name: "neighbours-by-model",
		from: { path: "^shared/(?!flows/|config/)([^/]+)/" },
		to: { path: "^shared/[^/]+/", pathNot: ["^shared/$1/", "/model\\.ts$"] },
	},
	{
		name: "models-are-leaves",
		from: { path: "/model\\.ts$" },
		to: { path: "^shared/[^/]+/", pathNot: "/model\\.ts$" },
	},
	{
		name: "models-know-no-library-but-zod",
		from: { path: "/model\\.ts$" },
		to: { dependencyTypes: ["npm", "npm-dev"], pathNot: "node_modules/zod/" },
	},
	{
		name: "sdk-in-adapters",
		from: { pathNot: [adapter, root, "\\.d\\.ts$"] },
		to: { path: "node_modules/(@aws-sdk|@smithy|node-forge)/" },
	},
	// An adapter may be several files; its own folder is all that it may reach, see neighbours-by-model.
	{ name: "adapters-at-roots", from: { pathNot: [root, adapter] }, to: { path: adapter } },
	// `aws-lambda` is types alone.
	{ name: "resolvable", from: {}, to: { couldNotResolve: true, pathNot: "^aws-lambda$" } },
];

export default {
	forbidden: forbidden.map((rule) => ({ severity: "error", ...rule })),
	options: {
		// TypeScript 7 has no compiler API for dependency-cruiser: without swc it would see no file at all.
		parser: "swc",
		doNotFollow: { path: "node_modules" },
		enhancedResolveOptions: {
			exportsFields: ["exports"],
			conditionNames: ["import", "node", "default"],
			extensions: [".ts", ".tsx", ".js", ".mjs", ".json", ".css"],
		},
	},
};
