import {
	EC2Client,
	EC2ServiceException,
	type Instance,
	RunInstancesCommand,
	type RunInstancesCommandInput,
} from "@aws-sdk/client-ec2";
import { onTestFinished } from "vitest";
import {
	type Ec2Options,
	type SimulatedEc2,
	startEc2,
} from "../../../../infra/local/ec2/server.ts";
import { type ManualClock, manualClock } from "./manual-clock.ts";

/** A simulator for one test, with the SDK's own client; both end with the test. */
export async function simulator(
	options: Partial<Ec2Options> = {},
): Promise<{ ec2: SimulatedEc2; client: EC2Client; clock: ManualClock }> {
	const clock = manualClock();
	const ec2 = await startEc2({
		types: {
			"m5.large": { architecture: "x86_64", vcpus: 2, ipv4PerInterface: 10 },
			"m6g.large": { architecture: "arm64", vcpus: 2 },
			"t3.nano": { architecture: "x86_64", vcpus: 2, ipv4PerInterface: 2 },
			"p3.2xlarge": { architecture: "x86_64", vcpus: 8, zoneIds: ["use1-az1", "use1-az2"] },
		},
		seed: "test",
		throttling: false,
		times: { visibleAfterMs: 0 },
		clock,
		faultOf: () => "never-boots",
		...options,
	});
	const client = clientOf(ec2);
	onTestFinished(async () => {
		client.destroy();
		await ec2.close();
	});
	return { ec2, client, clock };
}

const clientOf = ({ endpoint }: SimulatedEc2): EC2Client =>
	new EC2Client({
		endpoint,
		region: "us-east-1",
		credentials: { accessKeyId: "local", secretAccessKey: "local" },
		maxAttempts: 1,
	});

export const elotlImage = "ami-0e10710000000002a";
export const elotlArmImage = "ami-0e10710000000003b";
export const subnets = {
	a: "subnet-0ce110000000000a1",
	b: "subnet-0ce110000000000b2",
	c: "subnet-0ce110000000000c6",
};
export const group = "sg-0123456789abcdef0";

type Input = RunInstancesCommandInput;

/** One interface with two addresses, as every cell is launched. */
export const nic = (over: object = {}): Input["NetworkInterfaces"] => [
	{
		DeviceIndex: 0,
		SubnetId: subnets.a,
		Groups: [group],
		SecondaryPrivateIpAddressCount: 1,
		...over,
	},
];

/** A launch in which nothing is wrong. */
export const launchInput = (over: Partial<Input> = {}): Input => ({
	ImageId: elotlImage,
	InstanceType: "m5.large",
	MinCount: 1,
	MaxCount: 1,
	NetworkInterfaces: nic(),
	UserData: Buffer.from("#cloud-config\n{}\n").toString("base64"),
	InstanceInitiatedShutdownBehavior: "terminate",
	...over,
});

export async function run(client: EC2Client, over: Partial<Input> = {}): Promise<Instance[]> {
	return (await client.send(new RunInstancesCommand(launchInput(over)))).Instances ?? [];
}

/** How EC2 refuses: the code, the HTTP status and the words. */
export async function refusal(
	sent: Promise<unknown>,
): Promise<{ code: string; status: number | undefined; message: string }> {
	try {
		await sent;
	} catch (error) {
		if (!(error instanceof EC2ServiceException)) throw error;
		return {
			code: error.name,
			status: error.$metadata.httpStatusCode,
			message: error.message,
		};
	}
	return { code: "none", status: 200, message: "" };
}
