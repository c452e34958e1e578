import { deployedTimeouts } from "../../../../infra/local/functions.ts";
import * as env from "../../../../shared/config/env.ts";
import { at, functionsOf, listOf, ofType, type Policy, referred, shown } from "./reading.ts";

/** What CloudFormation takes, with room. */
export const templateIsSmall: Policy = (template) => [
	...(JSON.stringify(template).length < 1_000_000 ? [] : ["the template has 1 MB or more"]),
	...(Object.keys(template.Resources).length < 500 ? [] : ["the stack has 500 resources or more"]),
];

const costsByTheHour = [
	"AWS::EC2::NatGateway",
	"AWS::EC2::EIP",
	"AWS::EC2::Instance",
	"AWS::EC2::TransitGateway",
	"AWS::EC2::TransitGatewayAttachment",
	"AWS::EC2::VPNGateway",
	"AWS::ElasticLoadBalancingV2::LoadBalancer",
	"AWS::KMS::Key",
	"AWS::SecretsManager::Secret",
	"AWS::Kinesis::Stream",
	"AWS::Lambda::CapacityProvider",
	"AWS::ECS::Service",
];

/** Dashboards and alarms aside, nothing costs while nothing happens. */
export const idleCostsNothing: Policy = (template) =>
	Object.entries(template.Resources).flatMap(([name, { Type, Properties }]) => [
		...(costsByTheHour.includes(Type) ? [`${name} (${Type}) costs by the hour`] : []),
		...(Type === "AWS::EC2::VPCEndpoint" && at(Properties, "VpcEndpointType") !== "Gateway"
			? [`${name} is an endpoint that costs by the hour`]
			: []),
		...["ProvisionedConcurrencyConfig", "ProvisionedPollerConfig", "ProvisionedThroughput"]
			.filter((key) => at(Properties, key) !== undefined)
			.map((key) => `${name}: ${key} costs by the hour`),
	]);

export const logsAreKeptForATime: Policy = (template) =>
	[...functionsOf(template)].flatMap(([name, [, { Properties }]]) => {
		const group = ofType(template, "AWS::Logs::LogGroup").find(
			([, log]) =>
				at(log.Properties, "LogGroupName") ===
				`/aws/lambda/${String(at(Properties, "FunctionName"))}`,
		);
		return [
			...(Number(at(group?.[1], "Properties", "RetentionInDays")) > 0
				? []
				: [`${name}'s log is kept for ever`]),
			...(at(Properties, "LoggingConfig", "LogFormat") === "JSON"
				? []
				: [`${name} doesn't log JSON`]),
		];
	});

export const functionsRunOnGraviton: Policy = (template) =>
	[...functionsOf(template)]
		.filter(
			([, [, { Properties }]]) =>
				shown(at(Properties, "Architectures")) !== '["arm64"]' ||
				at(Properties, "Runtime") !== "nodejs24.x",
		)
		.map(([name]) => `${name} isn't Node 24 on arm64`);

/** The laptop's stack kills a function at the same time. */
export const timeoutsAreTheLaptops: Policy = (template) => {
	const deployed = functionsOf(template);
	return Object.entries(deployedTimeouts)
		.filter(([name, seconds]) => at(deployed.get(name)?.[1], "Properties", "Timeout") !== seconds)
		.map(([name, seconds]) => `${name}'s time-out isn't ${seconds} s`);
};

const readers: Readonly<Record<string, (variables: Record<string, string>) => object>> = {
	launch: env.launchEnv,
	readiness: env.readinessEnv,
	terminate: env.terminateEnv,
	reconcile: env.reconcileEnv,
	interruptions: env.interruptionsEnv,
	janitor: env.janitorEnv,
	images: env.imagesEnv,
	market: env.marketEnv,
	renewal: env.renewalEnv,
	"found-authority": env.foundAuthorityEnv,
};

/** Each function finds what it reads at its start, and no variable is there that nobody reads. */
export const environmentsAreComplete: Policy = (template) =>
	[...functionsOf(template)].flatMap(([name, [, { Properties }]]) => {
		const variables = Object.entries(at(Properties, "Environment", "Variables") ?? {}).map(
			([key, value]) => [key, resolved(template, value)] as const,
		);
		const read = readers[name];
		if (read === undefined) return [`${name} is unknown`];
		try {
			const known = read({ ...Object.fromEntries(variables), AWS_REGION: "us-east-1" });
			return variables
				.filter(([key]) => !(key in known))
				.map(([key]) => `${name}: nobody reads ${key}`);
		} catch (error) {
			return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
		}
	});

/** What CloudFormation would put there. */
function resolved(template: Parameters<Policy>[0], value: unknown): string {
	if (typeof value === "string") return value;
	const resource = template.Resources[referred(value) ?? ""];
	const name = (key: string) => String(at(resource?.Properties, key));
	switch (resource?.Type) {
		case "AWS::SQS::Queue":
			return `https://sqs.us-east-1.amazonaws.com/123456789012/${name("QueueName")}`;
		case "AWS::DynamoDB::Table":
			return name("TableName");
		case "AWS::Events::EventBus":
			return name("Name");
		case "AWS::EC2::SecurityGroup":
			return "sg-0123456789abcdef0";
		default:
			return shown(value);
	}
}

/** Readiness speaks to cells and DynamoDB, and to nobody else; nobody but readiness speaks to the agent. */
export const networkIsNarrow: Policy = ({ Resources }) => {
	const readiness = Resources["ReadinessSecurityGroup"]?.Properties;
	const egress = listOf(at(readiness, "SecurityGroupEgress"));
	const open = (rule: unknown, port: number) =>
		at(rule, "IpProtocol") === "-1" ||
		(at(rule, "IpProtocol") === "tcp" &&
			Number(at(rule, "FromPort")) <= port &&
			Number(at(rule, "ToPort")) >= port);
	const extra = Object.values(Resources).filter(({ Type, Properties }) =>
		Type === "AWS::EC2::SecurityGroupEgress"
			? referred(at(Properties, "DestinationSecurityGroupId")) !== "CellsSecurityGroup" ||
				at(Properties, "FromPort") !== 6421 ||
				at(Properties, "ToPort") !== 6421
			: Type === "AWS::EC2::SecurityGroupIngress" &&
				referred(at(Properties, "SourceSecurityGroupId")) !== "ReadinessSecurityGroup",
	);
	return [
		...(egress.length === 1 &&
		/^pl-/.test(String(at(egress[0], "DestinationPrefixListId"))) &&
		at(egress[0], "FromPort") === 443 &&
		at(egress[0], "ToPort") === 443
			? []
			: [`readiness may reach more than DynamoDB: ${shown(egress)}`]),
		...extra.map((rule) => `a rule goes beyond readiness and cells: ${shown(rule.Properties)}`),
		...(at(readiness, "SecurityGroupIngress") === undefined ? [] : ["somebody may call readiness"]),
		...listOf(at(Resources["CellsSecurityGroup"]?.Properties, "SecurityGroupIngress"))
			.filter((rule) => open(rule, 6421))
			.map((rule) => `others may reach the agent: ${shown(rule)}`),
	];
};
