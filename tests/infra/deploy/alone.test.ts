import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { alone } from "../../../infra/deploy/alone.ts";

const emptyFolder = async (): Promise<string> => {
	const folder = await mkdtemp(join(tmpdir(), "alone-"));
	onTestFinished(async () => await rm(folder, { recursive: true }));
	return join(folder, "marks");
};

/** A process that lives until it is told to end. */
const another = async () => {
	const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
		stdio: ["pipe", "ignore", "ignore"],
	});
	onTestFinished(() => void child.kill());
	await once(child, "spawn");
	const { pid = 0 } = child;
	return {
		pid,
		async end() {
			child.kill("SIGKILL");
			await once(child, "exit");
		},
	};
};

it("lets one process in, and refuses another with what to do, until the first one leaves", async () => {
	const marks = await emptyFolder();
	const { pid } = await another();
	const leave = await alone(marks, pid);
	await expect(alone(marks)).rejects.toMatchObject({
		reason: "AlreadyPackaging",
		message: expect.stringMatching(new RegExp(`^process ${pid} is packaging .*: wait until`)),
	});
	expect(await readdir(marks)).toEqual([String(pid)]);
	leave();
	await alone(marks);
	expect(await readdir(marks)).toEqual([String(process.pid)]);
});

it("passes by what a process has left that was killed, and what is no mark", async () => {
	const marks = await emptyFolder();
	const killed = await another();
	await alone(marks, killed.pid);
	await killed.end();
	await writeFile(join(marks, "notes"), "");
	await alone(marks);
	expect(await readdir(marks)).toEqual([String(process.pid)]);
});

it("is the same process's for as long as it likes", async () => {
	const marks = await emptyFolder();
	await alone(marks);
	await alone(marks);
	expect(await readdir(marks)).toEqual([String(process.pid)]);
});

it("never lets two in that begin at the same moment", async () => {
	const marks = await emptyFolder();
	const others = await Promise.all([another(), another(), another()]);
	const begun = await Promise.allSettled(others.map(async ({ pid }) => await alone(marks, pid)));
	expect(begun.filter(({ status }) => status === "fulfilled").length).toBeLessThanOrEqual(1);
});
