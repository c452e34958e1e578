/** Calls what the functions call, with answers and errors, and prints what came of each: an entry to bundle. */
import {
	ConditionalCheckFailedException,
	DeleteItemCommand,
	DynamoDBClient,
	GetItemCommand,
	PutItemCommand,
	QueryCommand,
	UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import {
	DescribeImagesCommand,
	DescribeInstancesCommand,
	DescribeSubnetsCommand,
	EC2Client,
	EC2ServiceException,
	GetConsoleOutputCommand,
	paginateDescribeInstances,
	RunInstancesCommand,
	TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { ChangeMessageVisibilityCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import {
	DeleteParametersCommand,
	GetParameterCommand,
	GetParametersCommand,
	ParameterAlreadyExists,
	ParameterNotFound,
	PutParameterCommand,
	paginateDescribeParameters,
	paginateGetParametersByPath,
	SSMClient,
	SSMServiceException,
} from "@aws-sdk/client-ssm";

/** What came of one call, in the order of the calls. */
export type Outcome = Readonly<{ call: string; answer?: unknown; error?: Thrown }>;
type Thrown = Readonly<{ name: string; is: readonly string[]; fields: unknown; message: string }>;

const errors = {
	ConditionalCheckFailedException,
	EC2ServiceException,
	ParameterAlreadyExists,
	ParameterNotFound,
	SSMServiceException,
};
const outcomes: Outcome[] = [];

async function say<Answer>(call: string, asked: Promise<Answer>): Promise<Answer | undefined> {
	try {
		const answer = await asked;
		outcomes.push({ call, answer });
		return answer;
	} catch (error) {
		if (!(error instanceof Error)) throw error;
		const is = Object.entries(errors).filter(([, kind]) => error instanceof kind);
		const thrown = { name: error.name, is: is.map(([name]) => name), message: error.message };
		outcomes.push({ call, error: { ...thrown, fields: { ...error } } });
		return undefined;
	}
}

const once = { maxAttempts: 1 };
const ec2 = new EC2Client(once);
const launch = (InstanceType: "c7g.large" | "m7g.large", ClientToken: string) =>
	new RunInstancesCommand({
		ImageId: process.env["IMAGE"],
		InstanceType,
		ClientToken,
		MinCount: 1,
		MaxCount: 1,
		SubnetId: "subnet-0ce110000000000a1",
		UserData: "I2Nsb3VkLWNvbmZpZw==",
		TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "cell", Value: "a & b" }] }],
	});
const ran = await say("RunInstances", ec2.send(launch("m7g.large", "one")));
await say("no capacity", ec2.send(launch("c7g.large", "two")));
const InstanceIds = [ran?.Instances?.[0]?.InstanceId ?? "none"];
await say("DescribeInstances", ec2.send(new DescribeInstancesCommand({ InstanceIds })));
const pages = paginateDescribeInstances(
	{ client: ec2, pageSize: 5, stopOnSameToken: true },
	{ Filters: [{ Name: "tag:cell", Values: ["a & b"] }] },
);
await say("DescribeInstances in pages", Array.fromAsync(pages));
const [InstanceId] = InstanceIds;
await say("GetConsoleOutput", ec2.send(new GetConsoleOutputCommand({ InstanceId, Latest: true })));
await say("DescribeSubnets", ec2.send(new DescribeSubnetsCommand({})));
await say("DescribeImages", ec2.send(new DescribeImagesCommand({ Owners: ["099720109477"] })));
await say("TerminateInstances", ec2.send(new TerminateInstancesCommand({ InstanceIds })));
const gone = new DescribeInstancesCommand({ InstanceIds: ["i-0123456789abcdef0"] });
await say("no such instance", ec2.send(gone));

// Else it would go to the address that is part of the URL of a queue.
const sqs = new SQSClient({ ...once, useQueueUrlAsEndpoint: false });
const QueueUrl = process.env["QUEUE_URL"];
await say(
	"SendMessage",
	sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "é", DelaySeconds: 900 })),
);
const visibility = { QueueUrl, ReceiptHandle: "none", VisibilityTimeout: 5 };
await say("no such message", sqs.send(new ChangeMessageVisibilityCommand(visibility)));
const nowhere = { QueueUrl: `${QueueUrl}-none`, MessageBody: "x" };
await say("no such queue", sqs.send(new SendMessageCommand(nowhere)));

const dynamodb = new DynamoDBClient(once);
const put = new PutItemCommand({
	TableName: "cells",
	Item: { id: { S: "é" }, n: { N: "1" }, b: { B: new Uint8Array([1, 2]) }, m: { M: {} } },
	ConditionExpression: "attribute_not_exists(id)",
	ReturnValuesOnConditionCheckFailure: "ALL_OLD",
});
await say("PutItem", dynamodb.send(put));
await say("condition failed", dynamodb.send(put));
const Key = { id: { S: "é" } };
await say("GetItem", dynamodb.send(new GetItemCommand({ TableName: "cells", Key })));
const update = { TableName: "cells", Key, UpdateExpression: "ADD n :one" };
const ExpressionAttributeValues = { ":one": { N: "1" } };
await say(
	"UpdateItem",
	dynamodb.send(new UpdateItemCommand({ ...update, ExpressionAttributeValues })),
);
const query = new QueryCommand({
	TableName: "cells",
	KeyConditionExpression: "id = :id",
	ExpressionAttributeValues: { ":id": { S: "é" } },
});
await say("Query", dynamodb.send(query));
await say("DeleteItem", dynamodb.send(new DeleteItemCommand({ TableName: "cells", Key })));
await say("no such table", dynamodb.send(new GetItemCommand({ TableName: "none", Key })));

const ssm = new SSMClient(once);
const parameter = new PutParameterCommand({ Name: "/a/b", Value: "c", Type: "SecureString" });
await say("PutParameter", ssm.send(parameter));
await say("parameter is there already", ssm.send(parameter));
const WithDecryption = true;
await say("GetParameter", ssm.send(new GetParameterCommand({ Name: "/a/b", WithDecryption })));
await say("no such parameter", ssm.send(new GetParameterCommand({ Name: "/a/none" })));
await say("GetParameters", ssm.send(new GetParametersCommand({ Names: ["/a/b", "/a/none"] })));
const long = new PutParameterCommand({ Name: "/a/long", Value: "x".repeat(5_000), Type: "String" });
await say("parameter is too long", ssm.send(long));
const below = paginateGetParametersByPath({ client: ssm, pageSize: 10 }, { Path: "/a" });
await say("GetParametersByPath in pages", Array.fromAsync(below));
const ParameterFilters = [{ Key: "Name", Option: "BeginsWith", Values: ["/a/"] }];
const described = paginateDescribeParameters({ client: ssm, pageSize: 50 }, { ParameterFilters });
await say("DescribeParameters in pages", Array.fromAsync(described));
const Names = ["/a/b", "/a/none"];
await say("DeleteParameters", ssm.send(new DeleteParametersCommand({ Names })));

const Entries = [{ Source: "cells", DetailType: "Ready", Detail: '{"cell":"é"}' }];
await say("PutEvents", new EventBridgeClient(once).send(new PutEventsCommand({ Entries })));

process.stdout.write(JSON.stringify(outcomes));
