import { once } from "node:events";
import { connect } from "node:net";
import { type TLSSocket, connect as tlsConnect } from "node:tls";
import { gzipSync } from "node:zlib";
import { DescribeInstancesCommand, TerminateInstancesCommand } from "@aws-sdk/client-ec2";
import { beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../../../infra/local/ec2/clock.ts";
import type { Ec2Options, SimulatedEc2 } from "../../../../infra/local/ec2/server.ts";
import { userDataRenderer } from "../../../../shared/bootstrap/user-data.ts";
import { run, simulator } from "../ec2/simulator.ts";
import { call, ping } from "./call.ts";
import { cloudConfig, type Pair, type TestAuthority, testAuthority } from "./certificates.ts";

let authority: TestAuthority;
let server: Pair;
let client: Pair;
let userData: string;

beforeAll(() => {
	authority = testAuthority();
	server = authority.sign("serverAuth");
	client = authority.sign("clientAuth");
	const files = {
		"ca.crt": authority.certificate,
		"server.crt": server.certificate,
		"server.key": server.key,
	};
	userData = cloudConfig(files).toString("base64");
});

const trusted = () => ({ ca: authority.certificate, client });

/** Cells that boot at once, on the machine's clock. */
const booting = (over: Partial<Ec2Options> = {}) =>
	simulator({
		clock: systemClock,
		faultOf: () => "none",
		bootTime: { medianMs: 0, spread: 0 },
		launcherRetryMs: 20,
		...over,
	});

/** Waits until this many agents have told it. */
const agents = (ec2: SimulatedEc2, what: "serving" | "crashed", count = 1): Promise<void> =>
	new Promise((resolve) => {
		let told = 0;
		ec2.events.on("agent", (change) => {
			if (change.what === what) told += 1;
			if (told === count) resolve();
		});
	});

async function launchCells(over: Partial<Ec2Options> = {}, count = 1) {
	const stack = await booting(over);
	const serving = agents(stack.ec2, "serving", count);
	const counts = { MinCount: count, MaxCount: count };
	const instances = await run(stack.client, { ...counts, UserData: userData });
	const cells = instances.map(({ InstanceId = "", PrivateIpAddress = "" }) => ({
		id: InstanceId,
		address: PrivateIpAddress,
	}));
	await serving;
	return { ...stack, cells, cell: cells[0] ?? { id: "", address: "" } };
}

/** A client in the middle of its request. */
const halfRequest = (host: string): TLSSocket => {
	const socket = tlsConnect({
		host,
		port: 6421,
		servername: "MilpaNode",
		ca: authority.certificate,
		cert: client.certificate,
		key: client.key,
	});
	socket.on("error", () => undefined);
	socket.write("POST /rest/v1/updatepod HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n{");
	return socket;
};

/** Whether somebody does; on loopback, whoever doesn't is refused at once. */
const listens = async (address: string): Promise<boolean> => {
	const [host = "", port = "6421"] = address.split(":");
	const socket = connect(Number(port), host);
	return await once(socket, "connect")
		.then(
			() => true,
			() => false,
		)
		.finally(() => socket.destroy());
};

async function until(condition: () => Promise<boolean>): Promise<void> {
	const deadline = performance.now() + 25_000;
	while (!(await condition())) {
		if (performance.now() > deadline) throw new Error("it never happened");
		await new Promise((resolve) => setImmediate(resolve));
	}
}

describe("a cell", () => {
	it("boots into an agent that answers on its own address", async () => {
		const { cell } = await launchCells();
		expect(cell.address).toMatch(/^127\.\d+\.0\.4$/);
		expect(await call(cell.address, "/rest/v1/ping", trusted())).toEqual({
			status: 200,
			body: "pong",
			contentType: "text/plain; charset=utf-8",
		});
	});

	it("is there only after its boot time", async () => {
		const stack = await simulator({
			faultOf: () => "none",
			bootTime: { medianMs: 60_000, spread: 0 },
		});
		const serving = agents(stack.ec2, "serving");
		const [instance] = await run(stack.client, { UserData: userData });
		stack.clock.advance(59_999);
		expect(await ping(instance?.PrivateIpAddress ?? "", trusted())).toBe("ECONNREFUSED");
		stack.clock.advance(1);
		await serving;
		expect(await ping(instance?.PrivateIpAddress ?? "", trusted())).toBe("pong");
	});

	it("takes its pod and tells its status", async () => {
		const { cell } = await launchCells();
		const status = async () =>
			JSON.parse((await call(cell.address, "/rest/v1/status", trusted())).body);
		const empty = { unitStatus: null, initUnitStatus: null, resourceUsage: null, podIP: "" };
		expect(await status()).toEqual(empty);
		const update = { ...trusted(), method: "POST", body: '{"podip":"127.9.9.9","spec":{}}' };
		expect(await call(cell.address, "/rest/v1/updatepod", update)).toMatchObject({
			status: 200,
			body: "",
		});
		expect(await status()).toEqual({ ...empty, podIP: "127.9.9.9" });
	});

	it("stops listening when its instance is terminated", async () => {
		const { client: sdk, cell } = await launchCells();
		await sdk.send(new TerminateInstancesCommand({ InstanceIds: [cell.id] }));
		await until(async () => !(await listens(cell.address)));
		expect(await ping(cell.address, trusted())).toBe("ECONNREFUSED");
	});

	it("ends itself at the end of its life, and its instance with it", async () => {
		const {
			ec2,
			client: sdk,
			clock,
		} = await simulator({
			faultOf: () => "none",
			bootTime: { medianMs: 0, spread: 0 },
		});
		const serving = agents(ec2, "serving");
		const render = userDataRenderer({ cellConfig: {} });
		const { certificate: caPem } = authority;
		const credentials = { caPem, certificatePem: server.certificate, keyPem: server.key };
		const bytes = Buffer.from(render(credentials, "x86_64", "user-data", 600));
		const [instance] = await run(sdk, { UserData: bytes.toString("base64") });
		clock.advance(0);
		await serving;
		clock.advance(599_999);
		expect(ec2.instance(instance?.InstanceId ?? "")?.state).toBe("running");
		clock.advance(1);
		expect(ec2.instance(instance?.InstanceId ?? "")).toMatchObject({
			state: "shutting-down",
			stateReason: {
				code: "Client.InstanceInitiatedShutdown",
				message: "Client.InstanceInitiatedShutdown: Instance initiated shutdown",
			},
		});
	});

	it("reads packed user data with tokens, if its image can", async () => {
		const stack = await booting();
		const serving = agents(stack.ec2, "serving");
		const [instance] = await run(stack.client, {
			ImageId: "ami-0ca10000000000001",
			MetadataOptions: { HttpTokens: "required" },
			UserData: packed(userData),
		});
		await serving;
		expect(await ping(instance?.PrivateIpAddress ?? "", trusted())).toBe("pong");
	});

	it("comes up as soon as a launcher could have certificates, and not without", async () => {
		const { ec2, client: sdk } = await booting();
		const serving = agents(ec2, "serving");
		const [without] = await run(sdk, { UserData: "" });
		const [mismatched] = await run(sdk, { UserData: mismatchedUserData() });
		const [complete] = await run(sdk, { UserData: userData });
		await serving;
		expect(await ping(complete?.PrivateIpAddress ?? "", trusted())).toBe("pong");
		for (const instance of [without, mismatched]) {
			expect(await ping(instance?.PrivateIpAddress ?? "", trusted())).toBe("ECONNREFUSED");
		}
	});
});

describe("mutual TLS", () => {
	it.each(["TLSv1.2", "TLSv1.3"] as const)(
		"fails without a client certificate: %s",
		async (maxVersion) => {
			const { cell } = await launchCells();
			const sent = call(cell.address, "/rest/v1/ping", { ca: authority.certificate, maxVersion });
			await expect(sent).rejects.toThrow(/alert (handshake failure|certificate required)/);
		},
	);

	it("is particular about who the client is", async () => {
		const { cell } = await launchCells();
		const as = (pair: Pair) => ping(cell.address, { ca: authority.certificate, client: pair });
		expect({
			client: await as(authority.sign("clientAuth")),
			both: await as(authority.sign("clientAuth,serverAuth")),
			noUsage: await as(authority.sign()),
			anotherCell: await as(authority.sign("serverAuth")),
			stranger: await as(testAuthority().sign("clientAuth")),
			expired: await as(authority.sign("clientAuth", -1)),
		}).toEqual({
			client: "pong",
			both: "pong",
			noUsage: "pong",
			anotherCell: "ECONNRESET",
			stranger: "ECONNRESET",
			expired: "ECONNRESET",
		});
	});

	it("shows the certificate that was in the user data", async () => {
		const { cell } = await launchCells();
		const stranger = testAuthority().certificate;
		expect(await ping(cell.address, { ca: stranger, client })).toMatch(/SELF_SIGNED|UNABLE_TO/);
	});
});

describe("a crash", () => {
	it("is only its own: the others go on, and EC2 shows the instance running", async () => {
		const {
			ec2,
			client: sdk,
			cells,
		} = await launchCells({ times: { visibleAfterMs: 0, runningAfterMs: 0 } }, 4);
		const [victim = { id: "", address: "" }, ...others] = cells;
		const crashed = agents(ec2, "crashed");
		ec2.crashAgent(victim.id);
		await crashed;
		expect(await ping(victim.address, trusted())).toBe("ECONNREFUSED");
		for (const { address } of others) expect(await ping(address, trusted())).toBe("pong");
		const asked = new DescribeInstancesCommand({ InstanceIds: [victim.id] });
		const { Reservations } = await sdk.send(asked);
		expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe("running");
	});

	it("also interrupts what the agent was doing", async () => {
		// A second cell in the same thread, so that the thread lives on.
		const { ec2, cell, cells } = await launchCells({}, 2);
		const open = halfRequest(cell.address);
		await new Promise((resolve) => open.once("secureConnect", resolve));
		const closed = new Promise((resolve) => open.once("close", resolve));
		ec2.crashAgent(cell.id);
		await closed;
		expect(await ping(cells[1]?.address ?? "", trusted())).toBe("pong");
	});

	it("is nothing that a client can cause by going in the middle of its request", async () => {
		const { ec2, cell } = await launchCells();
		const crashes: string[] = [];
		ec2.events.on("agent", ({ what }) => crashes.push(what));
		const socket = halfRequest(cell.address);
		await new Promise((resolve) => socket.once("secureConnect", resolve));
		await new Promise((resolve) => socket.write("{", resolve));
		socket.destroy();
		expect(await ping(cell.address, trusted())).toBe("pong");
		expect(crashes).toEqual([]);
	});

	it("is repaired when the launcher may", async () => {
		const { ec2, cell } = await launchCells({ restartAfterMs: 0 });
		const restarted = agents(ec2, "serving");
		ec2.crashAgent(cell.id);
		await restarted;
		expect(await ping(cell.address, trusted())).toBe("pong");
	});

	it("is no different where each agent has a thread of its own", async () => {
		const { ec2, cells } = await launchCells({ agentsPerThread: 1 }, 2);
		const [victim, other] = cells;
		const crashed = agents(ec2, "crashed");
		ec2.crashAgent(victim?.id ?? "");
		await crashed;
		expect(await ping(other?.address ?? "", trusted())).toBe("pong");
	});
});

describe("misbehaviour", () => {
	it("can be had from the start or from now on", async () => {
		const { ec2, cell } = await launchCells();
		const turned = async (fault: Parameters<typeof ec2.misbehave>[1]) => {
			const serving = agents(ec2, "serving");
			ec2.misbehave(cell.id, fault);
			await serving;
		};
		await turned("answers-rubbish");
		expect(await ping(cell.address, trusted())).toContain("rubbish");
		await turned("hangs-in-tls");
		expect(await listens(cell.address)).toBe(true);
		expect(await ping(cell.address, { ...trusted(), timeoutMs: 100 })).toBe("ABORT_ERR");
		ec2.misbehave(cell.id, "never-boots");
		await until(async () => !(await listens(cell.address)));
		await turned("none");
		expect(await ping(cell.address, trusted())).toBe("pong");
	});

	it("boots ten times as slowly where told to", async () => {
		const {
			client: sdk,
			ec2,
			clock,
		} = await simulator({
			faultOf: () => "boots-slowly",
			bootTime: { medianMs: 1_000, spread: 0 },
			times: { runningAfterMs: 0 },
		});
		await run(sdk, { UserData: userData });
		clock.advance(0);
		const serving = agents(ec2, "serving");
		clock.advance(9_999);
		expect(clock.pending()).toBe(1);
		clock.advance(1);
		await serving;
	});
});

describe("where only 127.0.0.1 exists", () => {
	it("tells cells apart by port", async () => {
		const { ec2, client: sdk, cells } = await launchCells({ forcePorts: true }, 3);
		expect(ec2.mode).toBe("ports");
		const addresses = cells.map(({ address }) => address);
		expect(new Set(addresses).size).toBe(3);
		for (const address of addresses) {
			expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
			expect(await ping(address, trusted())).toBe("pong");
		}
		const [first = { id: "", address: "" }] = cells;
		const crashed = agents(ec2, "crashed");
		ec2.crashAgent(first.id);
		await crashed;
		expect(await ping(first.address, trusted())).toBe("ECONNRESET");
		await sdk.send(new TerminateInstancesCommand({ InstanceIds: [first.id] }));
		await until(async () => !(await listens(first.address)));
	});
});

const packed = (base64: string): string =>
	gzipSync(Buffer.from(base64, "base64")).toString("base64");

const mismatchedUserData = (): string =>
	cloudConfig({
		"ca.crt": authority.certificate,
		"server.crt": server.certificate,
		"server.key": client.key,
	}).toString("base64");
