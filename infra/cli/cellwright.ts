#!/usr/bin/env node
import { endingOf } from "./failure.ts";
import { cellwrightProgram } from "./program.ts";

function failed(error: unknown): void {
	const { text, exitCode } = endingOf(error, Boolean(process.env["DEBUG"]));
	process.stderr.write(text);
	process.exitCode = exitCode;
}

// Who reads has seen enough (`| head`): what ends by Ctrl-C ends as by Ctrl-C, all else at once.
process.stdout.on("error", ({ code }: NodeJS.ErrnoException) => {
	if (code !== "EPIPE") process.exitCode = 3;
	if (!process.emit("SIGINT")) process.exit();
});
process.once("uncaughtException", (error) => {
	failed(error);
	process.exit();
});

const [, , ...typed] = process.argv;
try {
	await cellwrightProgram().parseAsync(typed.length === 0 ? ["--help"] : typed, { from: "user" });
} catch (error) {
	failed(error);
}
