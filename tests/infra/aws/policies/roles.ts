import type { Template } from "../../../support/packaged-stack.ts";
import { at, functionsOf, listOf, ofType, type Policy, referred, shown } from "./reading.ts";

type Statement = Readonly<{
	role: string;
	actions: readonly string[];
	resources: readonly unknown[];
	conditions: unknown;
	effect: unknown;
}>;

const statements = (template: Template): readonly Statement[] => {
	const read = (role: string, document: unknown): Statement[] =>
		listOf(at(document, "Statement")).map((statement) => ({
			role,
			actions: listOf(at(statement, "Action")).map(String),
			resources: listOf(at(statement, "Resource")),
			conditions: at(statement, "Condition"),
			effect: at(statement, "Effect"),
		}));
	return [
		...ofType(template, "AWS::IAM::Role").flatMap(([name, { Properties }]) =>
			listOf(at(Properties, "Policies")).flatMap((policy) =>
				read(name, at(policy, "PolicyDocument")),
			),
		),
		...ofType(template, "AWS::IAM::Policy").flatMap(([, { Properties }]) =>
			read(referred(at(Properties, "Roles", 0)) ?? "nobody", at(Properties, "PolicyDocument")),
		),
	];
};
const allowed = (template: Template): readonly Statement[] =>
	statements(template).filter(({ effect }) => effect === "Allow");

/** What lets a service act in the role's name, and what one command of the code needs besides itself. */
const ofServices: Readonly<Record<string, readonly string[]>> = {
	"AWS::SQS::Queue": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
	"AWS::DynamoDB::Table": [
		"dynamodb:GetRecords",
		"dynamodb:GetShardIterator",
		"dynamodb:DescribeStream",
		"dynamodb:ListStreams",
	],
};
const log = ["logs:CreateLogStream", "logs:PutLogEvents"];
const vpc = [
	"ec2:CreateNetworkInterface",
	"ec2:DeleteNetworkInterface",
	"ec2:DescribeNetworkInterfaces",
	"ec2:DescribeSubnets",
	"ec2:AssignPrivateIpAddresses",
	"ec2:UnassignPrivateIpAddresses",
];

const services: Readonly<Record<string, RegExp>> = {
	sqs: /^(SendMessage|ChangeMessageVisibility)$/,
	dynamodb: /^(GetItem|PutItem|UpdateItem|DeleteItem|Query)$/,
	ssm: /Parameter/,
	events: /^PutEvents$/,
	pricing: /^GetProducts$/,
	ec2: /./,
};

/** What the SDK has for itself, and nobody lets it send. */
const neverAsked = ["DescribeEndpoints"];

/** Commands that come along with a port of which a function uses another method. */
const neverSent: Readonly<Record<string, readonly string[]>> = {
	// Rosters are retired by people.
	launch: ["ssm:DeleteParameter", "ssm:DescribeParameters"],
	renewal: ["ssm:DeleteParameter", "ssm:PutParameter", "dynamodb:GetItem"],
	"found-authority": ["ssm:DeleteParameter", "dynamodb:GetItem"],
	// They end instances, and find them again; launch makes them.
	reconcile: ["ec2:RunInstances", "ssm:PutParameter", "ssm:DescribeParameters"],
	janitor: ["ec2:RunInstances", "ec2:GetConsoleOutput", "ssm:PutParameter"],
	interruptions: ["ec2:GetConsoleOutput"],
};

/** What a command needs besides the action of its name. */
const implied: Readonly<Record<string, readonly string[]>> = {
	// With its tags; an instance profile's role and a volume's key only where provider.yaml names them.
	"ec2:RunInstances": ["ec2:CreateTags", "iam:PassRole"],
};
const optional = (action: string): boolean =>
	action.startsWith("kms:") || action === "iam:PassRole";

/** The actions of the SDK's commands in a function's module. */
const actionsIn = (name: string, module: string): readonly string[] =>
	[...module.matchAll(/class extends [^(]*\([^,]*,[^,]*,"([A-Z]\w+)",/g)]
		.map(([, command]) => String(command))
		.filter((command) => !neverAsked.includes(command))
		.map((command) => {
			const service = Object.entries(services).find(([, form]) => form.test(command))?.[0];
			return `${String(service)}:${command}`;
		})
		.filter((action) => !(neverSent[name] ?? []).includes(action))
		.flatMap((action) => [
			action,
			...(implied[action] ?? []),
			...(action === "ssm:PutParameter" && name === "launch" ? ["ssm:AddTagsToResource"] : []),
		]);

/** Each function may do what its module's commands do, what services do in its name, and nothing else. */
export const rolesAreExact =
	(modules: ReadonlyMap<string, string>): Policy =>
	(template) =>
		[...functionsOf(template)].flatMap(([name, [logicalId, { Properties }]]) => {
			const role = referred(at(Properties, "Role"));
			const has = new Set(
				allowed(template)
					.filter((statement) => statement.role === role)
					.flatMap(({ actions }) => actions),
			);
			const needs = new Set([
				...log,
				...actionsIn(name, modules.get(name) ?? ""),
				...servicesOf(template, logicalId),
				...(at(Properties, "VpcConfig") === undefined ? [] : vpc),
			]);
			return [
				...[...needs]
					.filter((action) => !has.has(action) && !optional(action))
					.map((action) => `${name} lacks ${action}`),
				...[...has]
					.filter((action) => !needs.has(action) && !action.startsWith("kms:"))
					.map((action) => `${name} needs no ${action}`),
			];
		});

function servicesOf(template: Template, logicalId: string): readonly string[] {
	const mapped = ofType(template, "AWS::Lambda::EventSourceMapping").filter(
		([, { Properties }]) => referred(at(Properties, "FunctionName")) === logicalId,
	);
	const keepsFailures = ofType(template, "AWS::Lambda::EventInvokeConfig").some(
		([, { Properties }]) => referred(at(Properties, "FunctionName")) === logicalId,
	);
	return [
		...mapped.flatMap(([, { Properties }]) => {
			const source = template.Resources[referred(at(Properties, "EventSourceArn")) ?? ""];
			return ofServices[source?.Type ?? ""] ?? [];
		}),
		...(keepsFailures ? ["sqs:SendMessage"] : []),
	];
}

export const eachFunctionHasItsOwnRole: Policy = (template) => {
	const roles = [...functionsOf(template).values()].map(([, { Properties }]) =>
		referred(at(Properties, "Role")),
	);
	return new Set(roles).size === roles.length ? [] : ["functions share a role"];
};

export const noActionIsAWildcard: Policy = (template) =>
	allowed(template)
		.flatMap(({ role, actions }) => actions.map((action) => ({ role, action })))
		.filter(({ action }) => action.includes("*"))
		.map(({ role, action }) => `${role} may do ${action}`);

/** Actions whose service knows no resource for them, or none that has a name yet. */
const withoutResource: ReadonlySet<string> = new Set([
	"ec2:DescribeAvailabilityZones",
	"ec2:DescribeImages",
	"ec2:DescribeInstances",
	"ec2:DescribeInstanceTypeOfferings",
	"ec2:DescribeInstanceTypes",
	"ec2:DescribeSpotPriceHistory",
	"pricing:GetProducts",
	"ssm:DescribeParameters",
	"dynamodb:ListStreams",
	...vpc,
]);

export const wildcardsAreWhereNothingElseIs: Policy = (template) =>
	allowed(template)
		.filter(({ resources }) => resources.includes("*"))
		.flatMap(({ role, actions }) =>
			actions
				.filter((action) => !withoutResource.has(action))
				.map((action) => `${role} may do ${action} to everything`),
		);

/** Machines carry the controller's id from their first moment, and only those that do can be ended. */
export const onlyOwnMachines: Policy = (template) => {
	const controller = at(template.Outputs["ControllerId"], "Value");
	const tagged = (statement: Statement, key: string) =>
		at(statement.conditions, "StringEquals", `${key}/KipControllerID`) === controller;
	const bare = (statement: Statement) =>
		statement.resources.every((resource) =>
			/(subnet\/subnet-[0-9a-f]+|:image\/\*|:security-group\/\*|:spot-instances-request\/\*)$/.test(
				String(at(resource, "Fn::Sub")),
			),
		);
	return allowed(template).flatMap((statement) => [
		...(statement.actions.includes("ec2:RunInstances") &&
		!tagged(statement, "aws:RequestTag") &&
		!bare(statement)
			? [`${statement.role} may make machines without a tag`]
			: []),
		...(statement.actions.includes("ec2:CreateTags") &&
		!(
			tagged(statement, "aws:RequestTag") &&
			at(statement.conditions, "StringEquals", "ec2:CreateAction") === "RunInstances"
		)
			? [`${statement.role} may tag others' machines`]
			: []),
		...(statement.actions.some((action) =>
			["ec2:TerminateInstances", "ec2:GetConsoleOutput"].includes(action),
		) && !tagged(statement, "aws:ResourceTag")
			? [`${statement.role} may touch others' machines`]
			: []),
	]);
};

export const rolesArePassedToMachinesOnly: Policy = (template) =>
	allowed(template)
		.filter(({ actions }) => actions.includes("iam:PassRole"))
		.filter(
			({ resources, conditions }) =>
				resources.some((resource) => /\*/.test(shown(resource))) ||
				at(conditions, "StringLike", "iam:PassedToService") !== "ec2.amazonaws.com*",
		)
		.map(({ role }) => `${role} may pass any role, or to anybody`);

/** The keys of readiness' certificates are read by nobody else, and written by two. */
export const clientKeysAreReadinessAlone: Policy = (template) => {
	const touching = allowed(template).filter(({ resources }) =>
		resources.some((resource) => referred(resource) === "CredentialsTable"),
	);
	return touching.flatMap(({ role, actions, conditions }) => [
		...(shown(at(conditions, "ForAllValues:StringLike", "dynamodb:LeadingKeys")) ===
		'["readiness-client","readiness-client/*"]'
			? []
			: [`${role} may touch any item of credentials`]),
		...(actions.includes("dynamodb:GetItem") && role !== "ReadinessRole"
			? [`${role} may read readiness' key`]
			: []),
	]);
};

/** The authority's secret is read by those who sign. */
export const authorityIsForThoseWhoSign: Policy = (template) => {
	const prefix = String(at(template.Outputs["AuthorityPrefix"], "Value"));
	return allowed(template)
		.filter(
			({ role, resources }) =>
				shown(resources).includes(`parameter${prefix}`) &&
				!["LaunchRole", "RenewalRole", "FoundAuthorityRole"].includes(role),
		)
		.map(({ role }) => `${role} may read the authority`);
};

/** Lambda's own permissions in the VPC aren't the code's. */
export const vpcActionsAreLambdas: Policy = (template) => {
	const denied = new Set(
		statements(template)
			.filter(
				({ role, effect, conditions }) =>
					role === "ReadinessRole" &&
					effect === "Deny" &&
					at(conditions, "ArnEquals", "lambda:SourceFunctionArn") !== undefined,
			)
			.flatMap(({ actions }) => actions),
	);
	return vpc
		.filter((action) => !denied.has(action))
		.map((action) => `readiness' code may ${action}`);
};
