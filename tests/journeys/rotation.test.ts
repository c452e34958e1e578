import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { laptopAws, laptopAwsEnv } from "../../infra/local/laptop-aws.ts";
import { names } from "../../infra/local/names.ts";
import { httpsAgent } from "../../shared/agent/client.https.ts";
import type { CellIn } from "../../shared/cells/model.ts";
import { dynamodbCells } from "../../shared/cells/store.dynamodb.ts";
import { failed } from "../../shared/cells/transitions.ts";
import { dynamodbClientCredentials } from "../../shared/pki/client-credentials.dynamodb.ts";
import { pageOf } from "../docs/pages.ts";
import { cellwright, type Ended, emptyFolder } from "../infra/cli/cellwright.ts";
import { podScheduledBody, watchedStack } from "../support/watched-stack.ts";

const signal = AbortSignal.timeout(230_000);
let watched: Awaited<ReturnType<typeof watchedStack>>;
let dynamodb: DynamoDBClient;
let pods = 0;

beforeAll(async () => {
	watched = await watchedStack();
	dynamodb = new DynamoDBClient({ ...laptopAws, endpoint: watched.stack.endpoints.dynamodb });
});
afterAll(async () => {
	dynamodb.destroy();
	await watched.stack.stop();
});

const readyCell = async (uid: string): Promise<CellIn<"Ready">> => {
	await watched.stack.enqueue(podScheduledBody(uid));
	return await watched.cell(uid, "Ready");
};

/** The first new cell like that: functions may not notice a rotation for a second. */
async function readyCellThat(isSo: (cell: CellIn<"Ready">) => boolean): Promise<CellIn<"Ready">> {
	for (;;) {
		signal.throwIfAborted();
		const cell = await readyCell(`rotation-${pods++}`);
		if (isSo(cell)) return cell;
	}
}

/** Ends these cells as whoever watches their pods would. */
async function endCellsOf(authorityId: string): Promise<void> {
	const cells = dynamodbCells(dynamodb, names.cells, () => new Date());
	const why = { reason: "PodGone", message: "the test has ended it" };
	const latest = new Map(watched.history.map((cell) => [cell.podUid, cell]));
	for (const { podUid } of latest.values()) {
		const cell = await cells.get(podUid, signal);
		if (cell?.phase === "Ready" && cell.plan.authorityId === authorityId)
			await cells.save(failed(cell, why, new Date()), signal);
	}
}

/** What readiness would hear from this cell. */
const asked = async ({ instance, plan }: CellIn<"Ready">) => {
	const credentials = await dynamodbClientCredentials(dynamodb, names.credentials).get(
		plan.authorityId,
		signal,
	);
	if (credentials === undefined) throw new Error(`no client certificate of ${plan.authorityId}`);
	return httpsAgent().ping(instance.address, plan.fingerprint, credentials, signal);
};

/** The commands of docs/identity.md. */
const documented = pageOf(
	"docs/identity.md",
	readFileSync(resolve(import.meta.dirname, "../../docs/identity.md"), "utf8"),
)
	.blocks.map(({ text }) => text.trim())
	.filter((text) => text.startsWith("npx cellwright "));

/** What the documentation writes in the place of a value. */
const placeholders: ReadonlyMap<string, string> = new Map([
	["cellwright", "cellwright-production"],
]);
const placeholder = (word: string): string =>
	/^[0-9a-f]{16}$/.test(word) ? "ID" : (placeholders.get(word) ?? word);

/** A folder in which the stack seems to have been started, for the command line. */
async function stackFolder(): Promise<string> {
	const folder = await emptyFolder();
	await mkdir(join(folder, ".cellwright"));
	await writeFile(
		join(folder, ".cellwright/stack.json"),
		JSON.stringify({
			pid: process.pid,
			endpoints: watched.stack.endpoints,
			podScheduledQueue: names.podScheduled,
			cellsTable: names.cells,
		}),
	);
	return folder;
}

/** The command as in an account whose AWS is the stack's. */
async function withoutStack(cwd: string, ...args: readonly string[]): Promise<Ended> {
	const cli = resolve(import.meta.dirname, "../../infra/cli/cellwright.ts");
	const env = {
		...laptopAwsEnv,
		AWS_ENDPOINT_URL_SSM: watched.stack.endpoints.ssm,
		AWS_ENDPOINT_URL_DYNAMODB: watched.stack.endpoints.dynamodb,
	};
	return {
		code: 0,
		...(await promisify(execFile)(process.execPath, [cli, ...args], { cwd, env })),
	};
}

/** The command as an operator repeats it for as long as it says that it is too early. */
async function insisted(folder: string, ...args: readonly string[]): Promise<Ended> {
	for (;;) {
		signal.throwIfAborted();
		const ended = await cellwright(folder, ...args);
		if (ended.code !== 3) return ended;
		expect(ended.stderr).toMatch(/try again in \d+ s/);
	}
}

describe("a rotation of the authority", () => {
	it("goes on under living cells and new pods, and ends the former one when it may", async () => {
		const folder = await stackFolder();
		const outputs: string[] = [];
		const ran = new Set<string>();
		const run = async (...args: readonly string[]): Promise<Ended> => {
			ran.add(["npx cellwright authority", ...args.map(placeholder)].join(" "));
			const ended = args.includes("--deployment")
				? await withoutStack(await emptyFolder(), "authority", ...args)
				: await insisted(folder, "authority", ...args);
			outputs.push(ended.stdout, ended.stderr);
			return ended;
		};

		const before = await readyCell("rotation-before");
		const first = before.plan.authorityId ?? "";
		expect(before.plan.alsoTrustedIds).toEqual([]);
		const initially = await run();
		expect(initially.stdout).toMatch(new RegExp(`${first} +current .* 1 .*CN=Cellwright cells`));
		expect(initially.stdout).toContain("Nothing to do.");

		const prepared = await run("rotate");
		expect(prepared).toMatchObject({ code: 0, stderr: "" });
		const next = /(?<id>[0-9a-f]{16}) +next/.exec(prepared.stdout)?.groups?.["id"] ?? "";
		expect(prepared.stdout).toContain("npx cellwright authority rotate");
		const between = await readyCellThat(({ plan }) => plan.alsoTrustedIds?.includes(next) === true);
		expect(between.plan.authorityId).toBe(first);

		const promoted = await run("rotate");
		expect(promoted.stdout).toContain(`Authority ${next} signs from now on`);
		const after = await readyCellThat(({ plan }) => plan.authorityId === next);
		expect(after.plan.alsoTrustedIds).toEqual([first]);
		for (const cell of [before, between, after])
			expect(await asked(cell), cell.podUid).toEqual({ answer: "pong" });

		const tooEarly = await run("retire", first);
		expect(tooEarly.code).toBe(2);
		expect(tooEarly.stderr).toMatch(/\d+ living cells were made by authority/);
		await endCellsOf(first);
		const retired = await run("retire", first);
		expect(retired).toMatchObject({ code: 0, stderr: "" });
		expect(retired.stdout).toContain(`Authority ${first} is retired`);
		expect(await asked(after)).toEqual({ answer: "pong" });
		const last = await readyCellThat(({ plan }) => plan.alsoTrustedIds?.length === 0);
		expect(last.plan.authorityId).toBe(next);

		const atOnce = await run("rotate", "--now");
		expect(atOnce.code).toBe(0);
		expect(atOnce.stderr).toMatch(/^warning: --now/);
		const clean = await readyCellThat(({ plan }) => plan.authorityId !== next);
		expect(clean.plan.alsoTrustedIds).toEqual([]);
		for (const cell of [last, clean]) expect(await asked(cell)).toEqual({ answer: "pong" });

		const inAccount = await run("--deployment", "cellwright");
		expect(inAccount.stdout).toContain(clean.plan.authorityId);
		expect(ran).toEqual(new Set(documented));

		const told = [outputs, watched.lines, watched.history, watched.events];
		expect(JSON.stringify(told)).not.toMatch(/BEGIN|PRIVATE KEY|derivationSecret/);
	});
});
