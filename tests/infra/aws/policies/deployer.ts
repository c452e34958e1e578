import { at, listOf, type Policy } from "./reading.ts";

/**
 * What CloudFormation does in the deployer's name to make, tag, change and delete a resource of a type; the rest of
 * what the resource's handler may ask is in the policy, but not every deployment needs it.
 */
const actionsOfTypes: Readonly<Record<string, readonly string[]>> = {
	"AWS::CloudWatch::Alarm": ["cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"],
	"AWS::CloudWatch::Dashboard": ["cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"],
	"AWS::DynamoDB::Table": [
		"dynamodb:CreateTable",
		"dynamodb:DeleteTable",
		"dynamodb:TagResource",
		"dynamodb:UpdateContinuousBackups",
		"dynamodb:UpdateTable",
		"dynamodb:UpdateTimeToLive",
	],
	"AWS::EC2::SecurityGroup": [
		"ec2:CreateSecurityGroup",
		"ec2:CreateTags",
		"ec2:DeleteSecurityGroup",
		"ec2:DescribeSecurityGroups",
	],
	"AWS::EC2::SecurityGroupEgress": [
		"ec2:AuthorizeSecurityGroupEgress",
		"ec2:RevokeSecurityGroupEgress",
	],
	"AWS::EC2::SecurityGroupIngress": [
		"ec2:AuthorizeSecurityGroupIngress",
		"ec2:RevokeSecurityGroupIngress",
	],
	"AWS::EC2::VPCEndpoint": ["ec2:CreateVpcEndpoint", "ec2:DeleteVpcEndpoints"],
	"AWS::Events::Archive": ["events:CreateArchive", "events:DeleteArchive", "events:UpdateArchive"],
	"AWS::Events::EventBus": ["events:CreateEventBus", "events:DeleteEventBus"],
	"AWS::Events::Rule": [
		"events:DeleteRule",
		"events:PutRule",
		"events:PutTargets",
		"events:RemoveTargets",
	],
	"AWS::IAM::Policy": ["iam:DeleteRolePolicy", "iam:PutRolePolicy"],
	"AWS::IAM::Role": ["iam:CreateRole", "iam:DeleteRole", "iam:PassRole", "iam:TagRole"],
	"AWS::Lambda::EventInvokeConfig": [
		"lambda:DeleteFunctionEventInvokeConfig",
		"lambda:PutFunctionEventInvokeConfig",
		"lambda:UpdateFunctionEventInvokeConfig",
	],
	"AWS::Lambda::EventSourceMapping": [
		"lambda:CreateEventSourceMapping",
		"lambda:DeleteEventSourceMapping",
		"lambda:UpdateEventSourceMapping",
	],
	"AWS::Lambda::Function": [
		"lambda:CreateFunction",
		"lambda:DeleteFunction",
		"lambda:TagResource",
		"lambda:UpdateFunctionCode",
		"lambda:UpdateFunctionConfiguration",
		"s3:GetObject",
	],
	"AWS::Lambda::Permission": ["lambda:AddPermission", "lambda:RemovePermission"],
	"AWS::Logs::LogGroup": [
		"logs:CreateLogGroup",
		"logs:DeleteLogGroup",
		"logs:PutRetentionPolicy",
		"logs:TagResource",
	],
	"AWS::S3::Bucket": [
		"s3:CreateBucket",
		"s3:DeleteBucket",
		"s3:PutBucketPublicAccessBlock",
		"s3:PutBucketTagging",
		"s3:PutEncryptionConfiguration",
	],
	"AWS::S3::BucketPolicy": ["s3:DeleteBucketPolicy", "s3:PutBucketPolicy"],
	"AWS::SQS::Queue": [
		"sqs:CreateQueue",
		"sqs:DeleteQueue",
		"sqs:SetQueueAttributes",
		"sqs:TagQueue",
	],
	"AWS::SQS::QueuePolicy": ["sqs:SetQueueAttributes"],
	"AWS::Scheduler::Schedule": [
		"scheduler:CreateSchedule",
		"scheduler:DeleteSchedule",
		"scheduler:UpdateSchedule",
	],
	"Custom::CellwrightAuthority": ["lambda:InvokeFunction"],
};

/** What the framework itself calls to deploy and to remove. */
const ofTheFramework = [
	"cloudformation:CreateChangeSet",
	"cloudformation:DeleteStack",
	"cloudformation:DescribeChangeSet",
	"cloudformation:DescribeStackEvents",
	"cloudformation:DescribeStackResource",
	"cloudformation:DescribeStacks",
	"cloudformation:ExecuteChangeSet",
	"cloudformation:ValidateTemplate",
	"lambda:GetFunction",
	"s3:DeleteObject",
	"s3:ListBucket",
	"s3:PutObject",
	"sts:GetCallerIdentity",
];

/** Whoever has this policy can make, change and remove every kind of resource, with no action by wildcard. */
export const deployerMayDoIt =
	(document: unknown): Policy =>
	({ Resources }) => {
		const actions = new Set(
			listOf(at(document, "Statement")).flatMap((statement) =>
				listOf(at(statement, "Action")).map(String),
			),
		);
		const types = new Set(Object.values(Resources).map(({ Type }) => Type));
		return [
			...[...types]
				.filter((type) => !(type in actionsOfTypes))
				.map((type) => `nobody has said what ${type} takes`),
			...[...ofTheFramework, ...[...types].flatMap((type) => actionsOfTypes[type] ?? [])]
				.filter((action) => !actions.has(action))
				.map((action) => `the deployer lacks ${action}`),
			...[...actions]
				.filter((action) => action.includes("*"))
				.map((action) => `the deployer may do ${action}`),
		];
	};
