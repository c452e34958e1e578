import { describe, expect, it, onTestFinished } from "vitest";
import { startMetadata } from "../../../../infra/local/cell/metadata.ts";
import { awaitMetadata } from "../../../../infra/local/cell/metadata-client.ts";
import type { CellMachine } from "../../../../infra/local/cell/model.ts";

const machine: CellMachine = {
	instanceId: "i-1",
	instanceType: "m5.large",
	imageId: "ami-1",
	zone: "us-east-1a",
	address: "127.1.0.4",
	hostname: "ip-127-1-0-4.ec2.internal",
	httpTokens: "optional",
	metadataProtocol: "IMDSv1",
	userData: Buffer.from([0x1f, 0x8b, 0xff]),
};

async function service(over: Partial<CellMachine> = {}) {
	let nowMs = 0;
	const metadata = await startMetadata(() => nowMs);
	onTestFinished(() => metadata.close());
	const base = metadata.add({ ...machine, ...over });
	const get = async (path: string, token?: string) => {
		const headers = token === undefined ? {} : { "x-aws-ec2-metadata-token": token };
		const response = await fetch(`${base}${path}`, { headers });
		return response.status === 200 ? response.text() : response.status;
	};
	const token = async (seconds: string) => {
		const headers = { "x-aws-ec2-metadata-token-ttl-seconds": seconds };
		const response = await fetch(`${base}/latest/api/token`, { method: "PUT", headers });
		return response.status === 200 ? response.text() : String(response.status);
	};
	const pass = (ms: number) => {
		nowMs += ms;
	};
	return { metadata, base, get, token, pass };
}

describe("the metadata service", () => {
	it.each([
		{ path: "/latest/meta-data/instance-id", content: "i-1" },
		{ path: "/2009-04-04/meta-data/local-ipv4", content: "127.1.0.4" },
		{ path: "/2009-04-04/meta-data/hostname", content: "ip-127-1-0-4.ec2.internal" },
		{ path: "/latest/meta-data/placement/availability-zone", content: "us-east-1a" },
		{ path: "/2009-04-04/", content: "meta-data\nuser-data" },
		{ path: "/latest/meta-data/public-keys", content: 404 },
		{ path: "/latest/meta-data/constructor", content: 404 },
		{ path: "/latest/instance-id", content: 404 },
		{ path: "/newest/user-data", content: 404 },
	])("answers $path with $content", async ({ path, content }) => {
		const { get } = await service();
		expect(await get(path)).toBe(content);
	});

	it("hands user data over byte by byte, and has none where it is empty", async () => {
		const { base } = await service();
		const response = await fetch(`${base}/latest/user-data`);
		expect(Buffer.from(await response.arrayBuffer())).toEqual(machine.userData);
		const { get } = await service({ userData: Buffer.alloc(0) });
		expect(await get("/latest/user-data")).toBe(404);
	});

	it("insists on tokens where they are required, and never takes a wrong or an old one", async () => {
		for (const httpTokens of ["optional", "required"] as const) {
			const { get, token, pass } = await service({ httpTokens });
			const good = await token("60");
			const id = "/latest/meta-data/instance-id";
			expect(await get(id)).toBe(httpTokens === "optional" ? "i-1" : 401);
			expect(await get(id, good)).toBe("i-1");
			expect(await get(id, "made-up")).toBe(401);
			pass(60_000);
			expect(await get(id, good)).toBe(401);
		}
	});

	it.each(["0", "21601", "soon", ""])("grants no token for %j seconds", async (seconds) => {
		expect(await (await service()).token(seconds)).toBe("400");
	});

	it("shows a machine to nobody who doesn't know its address, and to none when it is gone", async () => {
		const { metadata, base, get } = await service();
		const { origin } = new URL(base);
		expect((await fetch(`${origin}/i-1/latest/user-data`)).status).toBe(404);
		expect((await fetch(`${origin}/latest/user-data`)).status).toBe(404);
		metadata.remove("i-1");
		expect(await get("/latest/user-data")).toBe(404);
	});
});

describe("a machine's cloud-init", () => {
	it.each([
		{ metadataProtocol: "IMDSv1", httpTokens: "optional", reads: true },
		{ metadataProtocol: "IMDSv2", httpTokens: "optional", reads: true },
		{ metadataProtocol: "IMDSv2", httpTokens: "required", reads: true },
		{ metadataProtocol: "IMDSv1", httpTokens: "required", reads: false },
	] as const)(
		"with $metadataProtocol reads its user data where tokens are $httpTokens: $reads",
		async ({ metadataProtocol, httpTokens, reads }) => {
			const { base } = await service({ httpTokens });
			const patience = AbortSignal.timeout(reads ? 25_000 : 150);
			const read = awaitMetadata(base, metadataProtocol, patience).then((item) =>
				item("user-data"),
			);
			const outcome = await read.catch(() => "nothing");
			expect(outcome).toEqual(reads ? machine.userData : "nothing");
		},
	);
});
