import { afterEach, describe, expect, it } from "vitest";
import {
	type LocalFunction,
	localFunction,
} from "../../../../infra/local/lambda/function-process.ts";

const entry = new URL("../../../support/echo-function.ts", import.meta.url).pathname;
const running: LocalFunction[] = [];
afterEach(async () => {
	for (const each of running.splice(0)) await each.stop();
});
const lines: string[] = [];
const aFunction = (timeoutSeconds = 20): LocalFunction => {
	const made = localFunction(
		{ name: "echo", entry, env: { GREETING: "hello" }, timeoutSeconds },
		(line) => lines.push(line),
	);
	running.push(made);
	return made;
};
type Echo = { pid: number; greeting: string; left: number };
const isAlive = (pid: number): boolean => {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
};

describe("a function's process", () => {
	it("has its own environment and a deadline, and takes many invocations", async () => {
		const echo = aFunction();
		const answers = (await Promise.all([
			echo.invoke({ do: "answer" }),
			echo.invoke({ do: "answer" }),
		])) as Echo[];
		for (const { greeting, left } of answers) {
			expect(greeting).toBe("hello");
			expect(left).toBeGreaterThan(15_000);
		}
		expect(answers[0]?.pid).toBe(answers[1]?.pid);
		expect(answers[0]?.pid).not.toBe(process.pid);
		// Answers and lines come by two ways.
		await expect.poll(() => lines, { timeout: 60_000 }).toContain('{"told":"answer"}');
	});

	it("fails an invocation that throws, and goes on", async () => {
		const echo = aFunction();
		await expect(echo.invoke({ do: "fail" })).rejects.toThrow("as told");
		expect(await echo.invoke({ do: "answer" })).toMatchObject({ greeting: "hello" });
	});

	it("starts again after a crash, which fails what was under way", async () => {
		const echo = aFunction();
		const hanging = echo.invoke({ do: "hang" });
		const dying = echo.invoke({ do: "die" });
		await expect(hanging).rejects.toThrow("its process ended (code 3)");
		await expect(dying).rejects.toThrow("its process ended");
		expect(await echo.invoke({ do: "answer" })).toMatchObject({ greeting: "hello" });
	});

	it("is killed when an invocation overruns its time", async () => {
		const echo = aFunction(0.5);
		await expect(echo.invoke({ do: "hang" })).rejects.toThrow("SIGKILL");
	});

	it("says so when its entry can't be loaded", async () => {
		const broken = localFunction(
			{ name: "broken", entry: "/nowhere.ts", env: {}, timeoutSeconds: 5 },
			() => {},
		);
		await expect(broken.invoke({})).rejects.toThrow("function broken did not start");
	});

	it("is gone after a stop", async () => {
		const echo = aFunction();
		const { pid } = (await echo.invoke({ do: "answer" })) as Echo;
		await echo.stop();
		expect(isAlive(pid)).toBe(false);
	});
});
