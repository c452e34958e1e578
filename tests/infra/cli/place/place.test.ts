import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { placeFlags, placeOf } from "../../../../infra/cli/place/place.ts";
import { cellwright, cellwrightWith, emptyFolder } from "../cellwright.ts";

/** A folder in which a stack seems to run. */
async function stackFolder(): Promise<string> {
	const folder = await emptyFolder();
	const stack = {
		pid: process.pid,
		endpoints: { sqs: "http://127.0.0.1:1", dynamodb: "http://127.0.0.1:1" },
		podScheduledQueue: "q",
		cellsTable: "t",
		console: "http://127.0.0.1:6080/",
	};
	await mkdir(join(folder, ".cellwright"));
	await writeFile(join(folder, ".cellwright/stack.json"), JSON.stringify(stack));
	return folder;
}

const console = "http://127.0.0.1:6080/";
const cloudWatch = "https://us-east-1.console.aws.amazon.com/cloudwatch/";
const prod = { CELLWRIGHT_DEPLOYMENT: "cellwright-prod" };

describe("where a command looks", () => {
	// The dashboards' addresses tell, and nothing is asked for them.
	it.each([
		{ args: [], stack: true, env: {}, deployment: "cellwright", at: console },
		{ args: [], stack: false, env: {}, deployment: "cellwright-dev", at: cloudWatch },
		{ args: [], stack: true, env: prod, deployment: "cellwright-prod", at: cloudWatch },
		{
			args: ["--deployment", "shop-eu"],
			stack: true,
			env: prod,
			deployment: "shop-eu",
			at: cloudWatch,
		},
		{
			args: ["--deployment", "cellwright"],
			stack: true,
			env: prod,
			deployment: "cellwright",
			at: console,
		},
		{
			args: ["--endpoint", "http://127.0.0.1:1"],
			stack: true,
			env: {},
			deployment: "cellwright",
			at: cloudWatch,
		},
		{
			args: ["--region", "eu-west-1"],
			stack: false,
			env: {},
			deployment: "cellwright-dev",
			at: "https://eu-west-1.console",
		},
	])("is $deployment with $args, $env and a stack: $stack", async (given) => {
		const folder = given.stack ? await stackFolder() : await emptyFolder();
		const words = ["dashboard", "--output", "json", ...given.args];
		const { code, stdout, stderr } = await cellwrightWith(given.env, folder, ...words);
		expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
		const { deployment, pages } = JSON.parse(stdout);
		expect(deployment).toBe(given.deployment);
		expect(pages[0].url.startsWith(given.at)).toBe(true);
	});

	it("is no stack whose file was only half written", async () => {
		const folder = await stackFolder();
		await writeFile(join(folder, ".cellwright/stack.json"), '{"pid": 1');
		const { code, stdout } = await cellwright(folder, "dashboard", "--output", "json");
		expect(code).toBe(0);
		expect(JSON.parse(stdout).deployment).toBe("cellwright-dev");
	});

	it.each(["nonsense", "127.0.0.1:9", "ftp://127.0.0.1"])(
		"is no endpoint that isn't an address: %s",
		async (endpoint) => {
			const { code, stderr } = await cellwright(
				await emptyFolder(),
				"list",
				"--endpoint",
				endpoint,
			);
			expect({ code, stderr }).toEqual({
				code: 2,
				stderr: `cellwright: --endpoint: must be an address such as http://127.0.0.1:4566 (found: ${endpoint})\n`,
			});
		},
	);

	it("gives up a service that takes the connection and never answers", () => {
		const settings = placeOf({ endpoint: "http://127.0.0.1:1" }).client("sqs");
		expect(settings.requestHandler).toMatchObject({ throwOnRequestTimeout: true });
	});

	it.each([
		{ deployment: "cellwright", prefix: "/cellwright/laptop", controllerId: "laptop" },
		{ deployment: "cellwright-prod", prefix: "/cellwright/prod" },
		{ deployment: "cellwright-pr-12", prefix: "/cellwright/pr-12" },
		{ deployment: "my-cells-dev", prefix: "/my-cells/dev" },
	])("knows the names of $deployment", ({ deployment, prefix, controllerId = deployment }) => {
		const place = placeOf({ deployment, endpoint: "http://127.0.0.1:1" });
		expect(place).toMatchObject({ deployment, authorityPrefix: prefix, controllerId });
		expect(place.resource("cells")).toBe(`${deployment}-cells`);
	});

	it("can be typed again", () => {
		expect(placeFlags({})).toBe("");
		expect(placeFlags({ region: "eu-west-1", deployment: "a-b" })).toBe(
			" --deployment a-b --region eu-west-1",
		);
	});
});
