import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it, onTestFinished } from "vitest";
import { names } from "../../../../infra/local/names.ts";
import { startQueues } from "../../../../infra/local/queues.ts";
import type { Cell } from "../../../../shared/cells/model.ts";
import { readPodDeleted } from "../../../../shared/pods/message.ts";
import { cellwright, emptyFolder } from "../cellwright.ts";
import { givenUp, launchedAtTheThirdAttempt, tableWith } from "../records.ts";

/** A folder in which a stack seems to run: a table with these records, and the queue. */
async function runningStack(cells: readonly Cell[]) {
	const folder = await emptyFolder();
	const server = await startQueues([
		{ name: names.podDeleted, visibilitySeconds: 30, maxReceives: 3 },
	]);
	onTestFinished(async () => await server.close());
	const stack = {
		pid: process.pid,
		endpoints: { sqs: server.endpoint, dynamodb: await tableWith(cells) },
		podScheduledQueue: names.podScheduled,
		cellsTable: names.cells,
	};
	await mkdir(join(folder, ".cellwright"));
	await writeFile(join(folder, ".cellwright/stack.json"), JSON.stringify(stack));
	const sent = async () => {
		const { Messages = [] } = await server.sqs.send(
			new ReceiveMessageCommand({
				QueueUrl: server.queues[0]?.url,
				MaxNumberOfMessages: 10,
				WaitTimeSeconds: 0,
			}),
		);
		return Messages.map(({ Body = "" }) => readPodDeleted(Body));
	};
	const run = async (...args: string[]) => await cellwright(folder, "delete", ...args);
	return { run, sent, folder };
}

describe("npx cellwright delete", () => {
	it("deletes the living pod of a name, once however it is named, and tells of the others", async () => {
		const living = await launchedAtTheThirdAttempt();
		const { run, sent } = await runningStack([living, await givenUp()]);
		const { code, stdout } = await run("shop/checkout", living.podUid);
		expect(code).toBe(0);
		expect(stdout.split("\n")).toEqual([
			`shop/checkout, uid ${living.podUid}, deleted while Booting`,
			"shop/checkout, uid older, is Failed already",
			"",
		]);
		expect(await sent()).toMatchObject([
			{ outcome: "read", message: { pod: { metadata: living.pod } } },
		]);
	});

	it("sends nothing when one of the pods has no record", async () => {
		const living = await launchedAtTheThirdAttempt();
		const { run, sent } = await runningStack([living]);
		const { code, stderr } = await run(living.podUid, "shop/none", "nobody", "");
		expect(code).toBe(2);
		expect(stderr).toContain("shop/none: has no record in the table");
		expect(stderr).toContain("nobody: has no record in the table");
		expect(stderr).toContain('"": has no record in the table');
		expect(await sent()).toEqual([]);
	});

	it("says when a file names no replicas", async () => {
		const { run, sent, folder } = await runningStack([]);
		const none = {
			...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } },
			spec: { replicas: 0, template: { spec: { containers: [{ name: "a", image: "a" }] } } },
		};
		await writeFile(join(folder, "none.json"), JSON.stringify(none));
		const { code, stdout, stderr } = await run("-f", "none.json");
		expect({ code, stdout }).toEqual({ code: 0, stdout: "no pod was deleted\n" });
		expect(stderr).toMatch(/^note: Deployment web has no replicas/);
		expect(await sent()).toEqual([]);
	});

	it("ends with 3 when nothing can be reached", async () => {
		const { code, stderr } = await cellwright(
			await emptyFolder(),
			"delete",
			"shop/web",
			"--endpoint",
			"http://127.0.0.1:1",
		);
		expect(code).toBe(3);
		expect(stderr).toContain("can't be reached");
	});
});
