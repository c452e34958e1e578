import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { EC2Client } from "@aws-sdk/client-ec2";
import { afterEach, describe, expect, it } from "vitest";
import { ec2Images } from "../../shared/images/images.ec2.ts";

/** One entry of a DescribeImages reply, as EC2 writes it. */
const item = (
	id: string,
	over: { architecture?: string; devices?: string; root?: string; deprecated?: string } = {},
) => `
	<item>
		<imageId>${id}</imageId>
		<imageLocation>689494258501/elotl-kip-1.0</imageLocation>
		<imageState>available</imageState>
		<imageOwnerId>689494258501</imageOwnerId>
		<creationDate>2026-01-02T03:04:05.000Z</creationDate>
		${over.deprecated === undefined ? "" : `<deprecationTime>${over.deprecated}</deprecationTime>`}
		<isPublic>true</isPublic>
		<architecture>${over.architecture ?? "x86_64"}</architecture>
		<imageType>machine</imageType>
		<name>elotl-kip-1.0</name>
		<rootDeviceType>ebs</rootDeviceType>
		${over.root ?? "<rootDeviceName>/dev/sda1</rootDeviceName>"}
		<blockDeviceMapping>${over.devices ?? ""}</blockDeviceMapping>
		<virtualizationType>hvm</virtualizationType>
	</item>`;

const gp3Device = `
	<item>
		<deviceName>/dev/sda1</deviceName>
		<ebs>
			<deleteOnTermination>true</deleteOnTermination>
			<iops>3000</iops>
			<snapshotId>snap-0123456789abcdef0</snapshotId>
			<volumeSize>4</volumeSize>
			<volumeType>gp3</volumeType>
			<throughput>125</throughput>
			<encrypted>false</encrypted>
		</ebs>
	</item>`;

const page = (items: readonly string[], nextToken = "") => ({
	status: 200,
	xml: `<?xml version="1.0" encoding="UTF-8"?>
<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
	<requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
	<imagesSet>${items.join("")}</imagesSet>${nextToken && `<nextToken>${nextToken}</nextToken>`}
</DescribeImagesResponse>`,
});

const refusal = (status: number, code: string) => ({
	status,
	xml: `<?xml version="1.0" encoding="UTF-8"?>
<Response><Errors><Error><Code>${code}</Code><Message>because</Message></Error></Errors><RequestID>1</RequestID></Response>`,
});

type Reply = ReturnType<typeof page>;

describe("ec2Images", () => {
	const open: (() => void)[] = [];
	afterEach(() => {
		for (const close of open.splice(0)) close();
	});

	/** EC2 that gives these replies in turn, and what it was asked. */
	async function ec2(...replies: readonly Reply[]) {
		const asked: Record<string, string>[] = [];
		const server: Server = createServer(async (request, response) => {
			asked.push(Object.fromEntries(new URLSearchParams(await text(request))));
			const { status, xml } = replies[asked.length - 1] ?? refusal(500, "UnexpectedCall");
			response.writeHead(status, { "content-type": "text/xml;charset=UTF-8" }).end(xml);
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const address = server.address();
		if (address === null || typeof address === "string") throw new Error("no port");
		const client = new EC2Client({
			endpoint: `http://127.0.0.1:${address.port}`,
			region: "us-east-1",
			credentials: { accessKeyId: "test", secretAccessKey: "test" },
			maxAttempts: 1,
		});
		open.push(() => {
			client.destroy();
			server.closeAllConnections();
			server.close();
		});
		return { images: ec2Images(client), asked };
	}

	const { signal } = new AbortController();

	it("asks for the spec's images and reads them", async () => {
		const { images, asked } = await ec2(page([item("ami-1", { devices: gp3Device })]));
		const spec = { owners: "self 123456789012", executableUsers: "all", filters: "name=a,b" };
		expect(await images.find(spec, "x86_64", signal)).toEqual([
			{
				imageId: "ami-1",
				name: "elotl-kip-1.0",
				ownerId: "689494258501",
				architecture: "x86_64",
				createdAt: "2026-01-02T03:04:05.000Z",
				rootDevice: {
					name: "/dev/sda1",
					sizeGib: 4,
					volumeType: "gp3",
					iops: 3_000,
					throughputMibps: 125,
				},
			},
		]);
		expect(asked).toEqual([
			{
				Action: "DescribeImages",
				Version: "2016-11-15",
				"Owner.1": "self",
				"Owner.2": "123456789012",
				"ExecutableBy.1": "all",
				"Filter.1.Name": "name",
				"Filter.1.Value.1": "a",
				"Filter.1.Value.2": "b",
				"Filter.2.Name": "state",
				"Filter.2.Value.1": "available",
				"Filter.3.Name": "architecture",
				"Filter.3.Value.1": "x86_64",
				IncludeDeprecated: "false",
				MaxResults: "1000",
			},
		]);
	});

	it("reads all pages", async () => {
		const { images, asked } = await ec2(
			page([item("ami-1")], "two"),
			page([], "three"),
			page([item("ami-2"), item("ami-3")]),
		);
		const found = await images.find({}, "x86_64", signal);
		expect(found.map(({ imageId }) => imageId)).toEqual(["ami-1", "ami-2", "ami-3"]);
		expect(asked.map((call) => call["NextToken"])).toEqual([undefined, "two", "three"]);
	});

	it("asks for deprecated images only when there is no other, and tells since when they are", async () => {
		const deprecated = "2026-02-03T04:05:06.000Z";
		const { images, asked } = await ec2(page([]), page([item("ami-1", { deprecated })]));
		expect(await images.find({}, "x86_64", signal)).toMatchObject([
			{ imageId: "ami-1", deprecationTime: deprecated },
		]);
		expect(asked.map((call) => call["IncludeDeprecated"])).toEqual(["false", "true"]);
	});

	it("asks for no page size beside image ids, which EC2 refuses", async () => {
		const { images, asked } = await ec2(page([item("ami-1")]));
		await images.find({ imageIDs: "ami-1" }, "x86_64", signal);
		expect(asked[0]).toMatchObject({ "ImageId.1": "ami-1" });
		expect(asked[0]).not.toHaveProperty("MaxResults");
	});

	it.each([
		{ when: "of another architecture", over: { architecture: "arm64" } },
		{ when: "of an architecture that we don't know", over: { architecture: "i386" } },
		{ when: "without a root device", over: { root: "" } },
	])("leaves out an image $when", async ({ over }) => {
		const { images } = await ec2(page([item("ami-1", over), item("ami-2")]));
		const found = await images.find({}, "x86_64", signal);
		expect(found.map(({ imageId }) => imageId)).toEqual(["ami-2"]);
	});

	it.each(["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"])(
		"finds nothing at %s",
		async (code) => {
			const { images } = await ec2(refusal(400, code));
			expect(await images.find({ imageIDs: "ami-1" }, "x86_64", signal)).toEqual([]);
		},
	);

	it.each([
		{ code: "UnauthorizedOperation", status: 403, kind: "operator", reason: "ImageLookupRefused" },
		{
			code: "InvalidUserID.Malformed",
			status: 400,
			kind: "operator",
			reason: "ImageLookupRefused",
		},
		{ code: "RequestLimitExceeded", status: 503, kind: "unavailable", reason: "ImageLookupFailed" },
		{ code: "InternalError", status: 500, kind: "unavailable", reason: "ImageLookupFailed" },
	])("throws $kind at $code", async ({ code, status, kind, reason }) => {
		const { images } = await ec2(refusal(status, code));
		await expect(images.find({}, "x86_64", signal)).rejects.toMatchObject({
			kind,
			reason,
			message: expect.stringContaining(code),
		});
	});

	it("throws a code that nobody has studied as it came", async () => {
		const { images } = await ec2(refusal(400, "SomethingNew"));
		await expect(images.find({}, "x86_64", signal)).rejects.toMatchObject({ name: "SomethingNew" });
	});

	it("ends with its signal", async () => {
		const { images } = await ec2(page([]));
		await expect(images.find({}, "x86_64", AbortSignal.abort())).rejects.toThrow(/abort/i);
	});
});
