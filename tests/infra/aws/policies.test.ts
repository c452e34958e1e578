import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import deployerPolicy from "../../../infra/aws/deployer-policy.json" with { type: "json" };
import { bundled, functionNames } from "../../../infra/bundle.ts";
import { packagedStack, type Template } from "../../support/packaged-stack.ts";
import { deployerMayDoIt } from "./policies/deployer.ts";
import * as platform from "./policies/platform.ts";
import * as queues from "./policies/queues.ts";
import { at, type Policy } from "./policies/reading.ts";
import * as roles from "./policies/roles.ts";
import * as sources from "./policies/sources.ts";
import * as tables from "./policies/tables.ts";

/** As a clone has it, on a stage that is made to go again. */
let dev: Template;
/** With every setting, on a stage that isn't named in serverless.yml. */
let careful: Template;
const modules = new Map<string, string>();

beforeAll(async () => {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-provider-"));
	const providerFile = join(folder, "provider.yaml");
	await writeFile(
		providerFile,
		`
cloud:
  aws:
    region: us-west-2
    vpcID: vpc-0123456789abcdef0
    subnetIDs: [subnet-0123456789abcdef0]
cells:
  defaultInstanceType: t3.nano
  defaultIAMPermissions: my-cells
  volumeEncryption: "on"
  volumeKmsKeyID: alias/cells
  extraCIDRs: [10.8.0.0/16]
`,
	);
	dev = await packagedStack();
	careful = await packagedStack({
		stage: "live",
		providerFile,
		parameters: { dynamodbRouteTables: "rtb-0123456789abcdef0, rtb-0123456789abcdef1" },
	});
	await rm(folder, { recursive: true });
	for (const name of functionNames) modules.set(name, (await bundled(name)).text);
}, 600_000);

/** The template with one value replaced; `undefined` takes it away. */
function withFault(
	template: Template,
	path: readonly (string | number)[],
	value: unknown,
): Template {
	const copy = structuredClone(template);
	const last = path.at(-1) ?? "";
	const parent = at(copy.Resources, ...path.slice(0, -1));
	if (typeof parent !== "object" || parent === null) throw new Error(`no ${path.join(".")}`);
	if (value === undefined) Reflect.deleteProperty(parent, last);
	else Reflect.set(parent, last, value);
	return copy;
}

const statement = (role: string, index: number) => [
	role,
	"Properties",
	"Policies",
	0,
	"PolicyDocument",
	"Statement",
	index,
];
/** The place of the statement that has this action, in a role of the template with every setting. */
const withAction = (role: string, action: string, nth = 0): readonly (string | number)[] => {
	const all = at(careful.Resources, ...statement(role, 0).slice(0, -1));
	const places = (Array.isArray(all) ? all : []).flatMap((each, index) =>
		JSON.stringify(at(each, "Action")).includes(`"${action}"`) ? [index] : [],
	);
	return statement(role, places[nth] ?? Number.NaN);
};

type Case = Readonly<{
	promise: string;
	policy: Policy;
	/** Where something is planted, below Resources, and what. */
	fault(): readonly [readonly (string | number)[], unknown];
}>;
const property =
	(path: string, value: unknown): Case["fault"] =>
	() => {
		const [resource = "", ...rest] = path.split(".");
		return [
			[resource, ...(rest[0] === "/" ? rest.slice(1) : ["Properties", ...rest])].map((key) =>
				/^\d+$/.test(key) ? Number(key) : key,
			),
			value,
		];
	};

const cases: readonly Case[] = [
	{
		promise: "queues are encrypted",
		policy: queues.queuesAreEncrypted,
		fault: property("LostEventsQueue.SqsManagedSseEnabled", undefined),
	},
	{
		promise: "queues take TLS alone",
		policy: queues.queuesTakeOnlyTls,
		fault: property("QueuesPolicy.Queues.3", { Ref: "PodScheduledQueue" }),
	},
	{
		promise: "queues have dead letters that are kept for 14 days",
		policy: queues.queuesHaveDeadLetters,
		fault: property("CellChecksDeadLetters.MessageRetentionPeriod", 345_600),
	},
	{
		promise: "every queue with a consumer has dead letters",
		policy: queues.queuesHaveDeadLetters,
		fault: property("PodDeletedQueue.RedrivePolicy", undefined),
	},
	{
		promise: "a pod that waits doesn't end as a dead letter",
		policy: queues.queuesHaveDeadLetters,
		fault: property("PodScheduledQueue.RedrivePolicy.maxReceiveCount", 5),
	},
	{
		promise: "what is lost is kept for 14 days",
		policy: queues.lostThingsAreKept,
		fault: property("LostChangesQueue.MessageRetentionPeriod", undefined),
	},
	{
		promise: "visibility is above the time-out",
		policy: queues.visibilityIsAboveTimeouts,
		fault: property("ReadinessLambdaFunction.Timeout", 32),
	},
	{
		promise: "tables are on demand",
		policy: tables.tablesAreOnDemand,
		fault: property("ImagesTable.BillingMode", "PROVISIONED"),
	},
	{
		promise: "tables can be restored to a moment",
		policy: tables.tablesCanBeRestored,
		fault: property("LedgerTable.PointInTimeRecoverySpecification", undefined),
	},
	{
		promise: "expired items go",
		policy: tables.expiredItemsGo,
		fault: property("CellsTable.TimeToLiveSpecification.AttributeName", "ttl"),
	},
	{
		promise: "client keys are encrypted with the account's key",
		policy: tables.keysAreEncryptedWithTheAccountsKey,
		fault: property("CredentialsTable.SSESpecification.SSEEnabled", false),
	},
	{
		promise: "tables survive their replacement",
		policy: tables.tablesSurviveReplacement,
		fault: property("CellsTable./.UpdateReplacePolicy", "Delete"),
	},
	{
		promise: "cells are streamed",
		policy: tables.cellsAreStreamed,
		fault: property("CellsTable.StreamSpecification.StreamViewType", "KEYS_ONLY"),
	},
	{
		promise: "indexes are the laptop's",
		policy: tables.indexesAreTheLaptops,
		fault: property("CellsTable.GlobalSecondaryIndexes.1.Projection.NonKeyAttributes", ["phase"]),
	},
	{
		promise: "a careful stage deletes nothing by mistake",
		policy: tables.nothingIsDeletedByMistake,
		fault: property("CellsTable.DeletionProtectionEnabled", false),
	},
	{
		promise: "a careful stage keeps its authority",
		policy: tables.nothingIsDeletedByMistake,
		fault: property("Authority./.DeletionPolicy", "Delete"),
	},
	{
		promise: "records are settled one by one",
		policy: sources.batchesAreSettledByRecord,
		fault: property("PodDeletedSource.FunctionResponseTypes", undefined),
	},
	{
		promise: "no queue waits in a window",
		policy: sources.batchesAreSettledByRecord,
		fault: property("PodScheduledSource.MaximumBatchingWindowInSeconds", 1),
	},
	{
		promise: "launch has at most twenty workers",
		policy: sources.launchHasFewWorkers,
		fault: property("PodScheduledSource.ScalingConfig", undefined),
	},
	{
		promise: "no pod comes before the authority",
		policy: sources.authorityComesFirst,
		fault: property("PodScheduledSource./.DependsOn", undefined),
	},
	{
		promise: "no change is forgotten",
		policy: sources.noChangeIsForgotten,
		fault: property("CellsStreamSource.DestinationConfig", undefined),
	},
	{
		promise: "changes are read from the first one",
		policy: sources.noChangeIsForgotten,
		fault: property("CellsStreamSource.StartingPosition", "LATEST"),
	},
	{
		promise: "events that failed are kept",
		policy: sources.failedEventsAreKept,
		fault: property("JanitorAsync.DestinationConfig", undefined),
	},
	{
		promise: "four kinds of events come in",
		policy: sources.fourKindsOfEventsComeIn,
		fault: property("SpotNoticesRule.EventPattern.detail-type.2", "EC2 Command Status-change"),
	},
	{
		promise: "machines that start are nobody's news",
		policy: sources.fourKindsOfEventsComeIn,
		fault: property("InstanceEndsRule.EventPattern.detail.state.4", "running"),
	},
	{
		promise: "rules may call their function",
		policy: sources.rulesMayCallTheirFunctions,
		fault: property("SpotNoticesPermission.SourceArn", undefined),
	},
	{
		promise: "idle costs nothing by the hour: no NAT",
		policy: platform.idleCostsNothing,
		fault: property("Nat./", { Type: "AWS::EC2::NatGateway", Properties: {} }),
	},
	{
		promise: "idle costs nothing by the hour: no interface endpoint",
		policy: platform.idleCostsNothing,
		fault: property("DynamodbEndpoint.VpcEndpointType", "Interface"),
	},
	{
		promise: "idle costs nothing by the hour: nothing provisioned",
		policy: platform.idleCostsNothing,
		fault: property("LaunchLambdaFunction.ProvisionedConcurrencyConfig", { X: 1 }),
	},
	{
		promise: "logs are kept for a time",
		policy: platform.logsAreKeptForATime,
		fault: property("RenewalLogGroup.RetentionInDays", undefined),
	},
	{
		promise: "logs are JSON",
		policy: platform.logsAreKeptForATime,
		fault: property("RenewalLambdaFunction.LoggingConfig.LogFormat", "Text"),
	},
	{
		promise: "functions run on Node 24 and arm64",
		policy: platform.functionsRunOnGraviton,
		fault: property("MarketLambdaFunction.Architectures.0", "x86_64"),
	},
	{
		promise: "time-outs are the laptop's",
		policy: platform.timeoutsAreTheLaptops,
		fault: property("JanitorLambdaFunction.Timeout", 30),
	},
	{
		promise: "environments are complete",
		policy: platform.environmentsAreComplete,
		fault: property("JanitorLambdaFunction.Environment.Variables.LEDGER_TABLE", undefined),
	},
	{
		promise: "environments hold nothing that nobody reads",
		policy: platform.environmentsAreComplete,
		fault: property("MarketLambdaFunction.Environment.Variables.CELLS_TABLE", "cells"),
	},
	{
		promise: "readiness reaches cells and DynamoDB alone",
		policy: platform.networkIsNarrow,
		fault: property("ReadinessSecurityGroup.SecurityGroupEgress.1", {
			IpProtocol: "-1",
			CidrIp: "0.0.0.0/0",
		}),
	},
	{
		promise: "readiness alone reaches agents",
		policy: platform.networkIsNarrow,
		fault: property("CellsSecurityGroup.SecurityGroupIngress.0.ToPort", 6421),
	},
	{
		promise: "the template is small",
		policy: platform.templateIsSmall,
		fault: property("CellsTable.Padding", "x".repeat(1_000_000)),
	},
	{
		promise: "each function has a role of its own",
		policy: roles.eachFunctionHasItsOwnRole,
		fault: property("ImagesLambdaFunction.Role", { "Fn::GetAtt": ["MarketRole", "Arn"] }),
	},
	{
		promise: "roles lack nothing",
		policy: (template) => roles.rolesAreExact(modules)(template),
		fault: () => [
			[...withAction("JanitorRole", "dynamodb:DeleteItem"), "Action"],
			"dynamodb:GetItem",
		],
	},
	{
		promise: "roles have nothing that isn't needed",
		policy: (template) => roles.rolesAreExact(modules)(template),
		fault: () => [
			[...withAction("TerminateRole", "dynamodb:PutItem"), "Action"],
			["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
		],
	},
	{
		promise: "no action is a wildcard",
		policy: roles.noActionIsAWildcard,
		fault: () => [[...withAction("ImagesRole", "dynamodb:UpdateItem"), "Action"], "dynamodb:*"],
	},
	{
		promise: "a wildcard is a resource only where there is no other",
		policy: roles.wildcardsAreWhereNothingElseIs,
		fault: () => [[...withAction("ReconcileRole", "events:PutEvents"), "Resource"], "*"],
	},
	{
		promise: "machines are made with the controller's tag",
		policy: roles.onlyOwnMachines,
		fault: () => [[...withAction("LaunchRole", "ec2:RunInstances"), "Condition"], undefined],
	},
	{
		promise: "nobody's machine is made ours by a tag",
		policy: roles.onlyOwnMachines,
		fault: () => [
			[
				...withAction("LaunchRole", "ec2:CreateTags"),
				"Condition",
				"StringEquals",
				"ec2:CreateAction",
			],
			undefined,
		],
	},
	{
		promise: "only the controller's machines are ended",
		policy: roles.onlyOwnMachines,
		fault: () => [
			[...withAction("JanitorRole", "ec2:TerminateInstances"), "Condition", "StringEquals"],
			{ "aws:ResourceTag/KipControllerID": "somebody-else" },
		],
	},
	{
		promise: "roles are passed to machines only",
		policy: roles.rolesArePassedToMachinesOnly,
		fault: property("LaunchPassesRoles.PolicyDocument.Statement.0.Resource", "*"),
	},
	{
		promise: "client keys are readiness' alone",
		policy: roles.clientKeysAreReadinessAlone,
		fault: () => [[...withAction("RenewalRole", "dynamodb:PutItem"), "Condition"], undefined],
	},
	{
		promise: "the authority is for those who sign",
		policy: roles.authorityIsForThoseWhoSign,
		fault: () => [
			[...withAction("ImagesRole", "ssm:GetParameters"), "Resource"],
			{ "Fn::Sub": "arn:aws:ssm:us-east-1:1:parameter/cellwright/live/*" },
		],
	},
	{
		promise: "what Lambda may in the VPC, readiness' code may not",
		policy: roles.vpcActionsAreLambdas,
		fault: () => [
			[...withAction("ReadinessRole", "ec2:CreateNetworkInterface", 1), "Effect"],
			"Allow",
		],
	},
];

describe("the packaged stack", () => {
	it.each(cases)("$promise", ({ policy, fault }) => {
		expect(policy(careful)).toEqual([]);
		expect(policy(withFault(careful, ...fault()))).not.toEqual([]);
	});

	it("keeps its promises on a stage that goes again, too, but for what shall go", () => {
		const broken = new Map(cases.map(({ policy, promise }) => [promise, policy(dev)]));
		expect([...broken].filter(([, faults]) => faults.length > 0)).toEqual([
			[
				"a careful stage deletes nothing by mistake",
				[
					...["Cells", "Ledger", "Offerings", "Images", "Credentials"].map(
						(name) => `${name}Table can be deleted`,
					),
					"Authority goes with the stack",
				],
			],
			["a careful stage keeps its authority", expect.anything()],
		]);
	});

	it("can be deployed, changed and removed by whoever has the deployer's policy", () => {
		const { Statement } = deployerPolicy;
		expect(deployerMayDoIt(deployerPolicy)(careful)).toEqual([]);
		// These repeat an action of another statement, or hold what only CloudFormation's own look needs.
		const alone = ["SeeNetwork", "KeyOfTheCredentialsTable", "TagWhatIsMade"];
		for (const [left, { Sid }] of Statement.entries()) {
			const rest = { Statement: Statement.toSpliced(left, 1) };
			const lacking = deployerMayDoIt(rest)(careful);
			if (!alone.includes(Sid)) expect(lacking, Sid).not.toEqual([]);
		}
		const topic = withFault(careful, ["Topic"], { Type: "AWS::SNS::Topic", Properties: {} });
		expect(deployerMayDoIt(deployerPolicy)(topic)).toHaveLength(1);
	});

	it("says where pods are sent, and where events come out", () => {
		expect(Object.keys(dev.Outputs)).toEqual(
			expect.arrayContaining(["PodScheduledQueueUrl", "PodDeletedQueueUrl", "StatusBusArn"]),
		);
	});

	it("passes the role of the operator's instance profile, and uses the operator's key, only where they are", () => {
		expect(
			at(
				careful.Resources,
				"LaunchPassesRoles",
				"Properties",
				"PolicyDocument",
				"Statement",
				0,
				"Resource",
			),
		).toEqual([{ "Fn::Sub": `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role/my-cells` }]);
		expect(careful.Conditions).toMatchObject({
			PassesRoles: { "Fn::Equals": ["yes", "yes"] },
			HasVolumeKey: { "Fn::Not": [{ "Fn::Equals": ["by-alias", "none"] }] },
			CreatesEndpoint: { "Fn::Equals": ["yes", "yes"] },
		});
		expect(dev.Conditions).toMatchObject({
			PassesRoles: { "Fn::Equals": ["no", "yes"] },
			HasVolumeKey: { "Fn::Not": [{ "Fn::Equals": ["none", "none"] }] },
			CreatesEndpoint: { "Fn::Equals": ["no", "yes"] },
		});
	});
});
