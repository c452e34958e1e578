import { connect, type Socket } from "node:net";
import { EC2Client, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { describe, expect, it } from "vitest";
import { startEc2 } from "../../../../infra/local/ec2/server.ts";
import { launchInput } from "../ec2/simulator.ts";
import { cloudConfig, testAuthority } from "./certificates.ts";

// A file of its own: what other tests are still closing would hide what is left open here.

describe("close", () => {
	it.each([false, true])("leaves nothing behind (ports: %s)", async (forcePorts) => {
		await until(() => open().length === 0);
		const ec2 = await startEc2({
			types: { "m5.large": { architecture: "x86_64" } },
			bootTime: { medianMs: 0, spread: 0 },
			faultOf: ({ address }) => (address.endsWith(".4") ? "none" : "hangs-in-tls"),
			forcePorts,
		});
		let serving = 0;
		const served = new Promise<void>((resolve) => {
			ec2.events.on("agent", () => {
				serving += 1;
				if (serving === 3) resolve();
			});
		});
		const client = new EC2Client({
			endpoint: ec2.endpoint,
			region: "us-east-1",
			credentials: { accessKeyId: "local", secretAccessKey: "local" },
		});
		const input = launchInput({ MinCount: 3, MaxCount: 3, UserData: userData() });
		const { Instances = [] } = await client.send(new RunInstancesCommand(input));
		await served;
		// One that is still to boot, and one with whom somebody still talks.
		await client.send(new RunInstancesCommand({ ...input, MinCount: 1, MaxCount: 1 }));
		const socket = await connected(Instances[0]?.PrivateIpAddress ?? "");
		client.destroy();
		await ec2.close();
		socket.destroy();
		await until(() => open().length === 0);
		expect(open()).toEqual([]);
	});
});

/** Everything that would keep this process alive, but for what the test runner itself needs. */
const open = (): string[] =>
	process.getActiveResourcesInfo().filter((kind) => !runnersOwn.has(kind));

const runnersOwn = new Set(process.getActiveResourcesInfo());

async function until(condition: () => boolean): Promise<void> {
	const deadline = performance.now() + 20_000;
	while (!condition() && performance.now() < deadline) {
		await new Promise((resolve) => setImmediate(resolve));
	}
}

const connected = (address: string): Promise<Socket> =>
	new Promise((resolve, reject) => {
		const [host = "", port = "6421"] = address.split(":");
		const socket = connect(Number(port), host, () => resolve(socket));
		socket.on("error", reject);
	});

function userData(): string {
	const authority = testAuthority();
	const server = authority.sign("serverAuth");
	const files = {
		"ca.crt": authority.certificate,
		"server.crt": server.certificate,
		"server.key": server.key,
	};
	return cloudConfig(files).toString("base64");
}
