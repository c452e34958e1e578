import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import packaged from "../../../shared/offerings/catalogue.json" with { type: "json" };
import { Snapshot } from "../../../shared/offerings/snapshot.ts";
import { quietEnvironment } from "../../support/quiet-environment.ts";
import { type SimulatedAws, startSimulatedAws } from "../../support/simulated-aws.ts";

const run = promisify(execFile);
const script = "infra/catalogue/from-aws.ts";

describe("npm run catalogue", () => {
	let aws: SimulatedAws;
	let folder: string;
	beforeAll(async () => {
		aws = await startSimulatedAws();
		folder = await mkdtemp(join(tmpdir(), "catalogue-"));
	});
	afterAll(async () => {
		await aws.close();
		await rm(folder, { recursive: true });
	});

	it("makes the packaged catalogue again from an AWS that sells just that", async () => {
		const out = join(folder, "catalogue.json");
		await run(process.execPath, [script, "--region", "us-east-1", "--out", out], {
			env: { ...quietEnvironment(), ...aws.env },
		});
		const text = await readFile(out, "utf8");
		const { source, date, ...figures } = Snapshot.parse(JSON.parse(text));
		const { source: _source, date: _date, ...expected } = packaged;
		expect(figures).toEqual(expected);
		expect(source).toContain("us-east-1");
		expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
		// A line for each column, so that a diff shows what has moved.
		expect(text.split("\n").filter((line) => line.startsWith('"memoryMib":['))).toHaveLength(1);
	});

	it("writes nothing where AWS refuses", async () => {
		const out = join(folder, "nothing.json");
		const env = {
			...quietEnvironment(),
			...aws.env,
			AWS_ENDPOINT_URL_PRICING: aws.env.AWS_ENDPOINT_URL_EC2,
		};
		await expect(
			run(process.execPath, [script, "--region", "us-east-1", "--out", out], { env }),
		).rejects.toMatchObject({ code: 1 });
		await expect(readFile(out)).rejects.toMatchObject({ code: "ENOENT" });
	});

	it("says how it is used", async () => {
		const { stdout } = await run(process.execPath, [script, "--help"]);
		expect(stdout).toContain("--region <region>");
		await expect(run(process.execPath, [script])).rejects.toMatchObject({ code: 2 });
	});
});
