import { CommanderError } from "commander";
import { ProvisionerError } from "../../shared/errors.ts";
import { printable } from "./screen/text-layout.ts";

/** How a failed command ends: what standard error says of it, and the exit code. */
export type Ending = Readonly<{ text: string; exitCode: 0 | 1 | 2 | 3 }>;

const unexpected = 1;
const wrongUse = 2;
const outOfReach = 3;

/** @param debug whether the stack trace of an error that nobody foresaw is shown. */
export function endingOf(error: unknown, debug: boolean): Ending {
	// Has been printed.
	if (error instanceof CommanderError)
		return { text: "", exitCode: error.exitCode === 0 ? 0 : wrongUse };
	if (error instanceof ProvisionerError)
		return {
			text: `cellwright: ${error.message}\n${debug ? traceOf(error) : ""}`,
			exitCode: error.kind === "unavailable" ? outOfReach : wrongUse,
		};
	const said = error instanceof Error ? error.message || error.name : String(error);
	return {
		text: debug
			? `cellwright: unexpected: ${traceOf(error)}`
			: `cellwright: unexpected: ${printable(said)}\n  try: the same with DEBUG=1, and report what it prints\n`,
		exitCode: unexpected,
	};
}

const traceOf = (error: unknown): string =>
	`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`;
