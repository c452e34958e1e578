import { once } from "node:events";
import { createServer } from "node:http";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEc2 } from "../../infra/local/ec2/server.ts";
import { laptopAws } from "../../infra/local/laptop-aws.ts";
import { startParameters } from "../../infra/local/parameters-server.ts";
import { portOf } from "../../infra/local/port-of.ts";
import { imageFinder } from "../../shared/images/cache.ts";
import { ec2Images } from "../../shared/images/images.ec2.ts";
import { ssmImageParameters } from "../../shared/images/parameters.ssm.ts";
import { resolvingImages } from "../../shared/images/resolve.ts";

const { signal } = new AbortController();
const folder = "/aws/service/canonical/ubuntu/server/24.04/stable/current";
const noble = `${folder}/arm64/hvm/ebs-gp3/ami-id`;
const many = Array.from({ length: 23 }, (_, n) => `/aws/service/maker/image-${n}`);

describe("an image that a public parameter names", () => {
	let ec2: Awaited<ReturnType<typeof startEc2>>;
	let parameters: Awaited<ReturnType<typeof startParameters>>;
	let ec2Client: EC2Client;
	let ssm: SSMClient;
	let nobleId = "";

	beforeAll(async () => {
		ec2 = await startEc2({ types: {} });
		nobleId = ec2.images.find(({ name }) => name.includes("noble-24.04-arm64"))?.imageId ?? "";
		parameters = await startParameters({
			[noble]: nobleId,
			"/aws/service/gone/ami-id": "ami-00000000000000000",
			"/aws/service/list/regions": "us-east-1",
			...Object.fromEntries(many.map((name, n) => [name, `ami-${n.toString(16)}`])),
		});
		ec2Client = new EC2Client({ ...laptopAws, endpoint: ec2.endpoint });
		ssm = new SSMClient({ ...laptopAws, endpoint: parameters.endpoint });
	});
	afterAll(async () => {
		ec2Client.destroy();
		ssm.destroy();
		await parameters.close();
		await ec2.close();
	});

	const finder = () => {
		const cache = new Map();
		return imageFinder({
			images: resolvingImages(ec2Images(ec2Client), ssmImageParameters(ssm)),
			imageCache: {
				get: async (key) => cache.get(key),
				put: async (key, cached) => void cache.set(key, cached),
				remove: async (key) => void cache.delete(key),
			},
			now: () => new Date(),
		});
	};

	it("is resolved by SSM and described by EC2", async () => {
		const { image } = await finder().find({ imageIDs: `resolve:ssm:${noble}` }, "arm64", signal);
		expect(image).toMatchObject({
			imageId: nobleId,
			ownerId: "099720109477",
			rootDevice: { name: "/dev/sda1", sizeGib: 8, volumeType: "gp3" },
		});
	});

	it.each([
		{
			when: "the parameter doesn't exist",
			name: `${folder}/arm64/hvm/ebs-gp4/ami-id`,
			reason: "ImageParameterUnusable",
		},
		{
			when: "the parameter holds something else",
			name: "/aws/service/list/regions",
			reason: "ImageParameterUnusable",
		},
		{ when: "EC2 doesn't know the image", name: "/aws/service/gone/ami-id", reason: "NoImage" },
		{ when: "the image is of another architecture", name: noble, reason: "NoImage" },
	])("is refused with the parameter's name when $when", async ({ name, reason }) => {
		const spec = { imageIDs: `resolve:ssm:${name}` };
		await expect(finder().find(spec, "x86_64", signal)).rejects.toMatchObject({
			kind: "operator",
			reason,
			message: expect.stringContaining(name),
		});
	});

	it("may be one of many: SSM takes ten names at a time", async () => {
		const ids = await ssmImageParameters(ssm).imageIds(many, signal);
		expect([...ids]).toEqual(many.map((name, n) => [name, `ami-${n.toString(16)}`]));
	});
});

describe("resolvingImages", () => {
	const asked: string[] = [];
	const read: (readonly string[])[] = [];
	const { find } = resolvingImages(
		{
			find: async ({ imageIDs = "" }) => {
				asked.push(imageIDs);
				return [];
			},
		},
		{
			imageIds: async (names) => {
				read.push(names);
				return new Map(names.map((name, n) => [name, `ami-${n}`]));
			},
		},
	);

	it.each([
		{ ids: undefined, becomes: "", names: [] },
		{ ids: "ami-a ami-b", becomes: "ami-a ami-b", names: [] },
		{
			ids: "ami-a resolve:ssm:/aws/service/x  resolve:ssm:/aws/service/y:3 resolve:ssm:/aws/service/x",
			becomes: "ami-a ami-0 ami-1 ami-0",
			names: [["/aws/service/x", "/aws/service/y:3"]],
		},
	])("asks for $becomes where the spec has $ids", async ({ ids, becomes, names }) => {
		asked.length = 0;
		read.length = 0;
		await find(ids === undefined ? {} : { imageIDs: ids }, "x86_64", signal);
		expect(asked).toEqual([becomes]);
		expect(read).toEqual(names);
	});
});

describe("SSM that refuses", () => {
	it.each([
		{ code: "AccessDeniedException", kind: "operator", reason: "ImageParameterRefused" },
		{ code: "ThrottlingException", kind: "unavailable", reason: "ImageParameterLookupFailed" },
	])("is $kind at $code, with the parameter's name", async ({ code, kind, reason }) => {
		const server = createServer((_request, response) => {
			response.writeHead(400, { "content-type": "application/x-amz-json-1.1" });
			response.end(JSON.stringify({ __type: code, message: "because" }));
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const endpoint = `http://127.0.0.1:${portOf(server)}`;
		const ssm = new SSMClient({ ...laptopAws, endpoint, maxAttempts: 1 });
		try {
			await expect(ssmImageParameters(ssm).imageIds([noble], signal)).rejects.toMatchObject({
				kind,
				reason,
				message: expect.stringContaining(noble),
			});
		} finally {
			ssm.destroy();
			server.closeAllConnections();
			server.close();
		}
	});
});
