import { styleText } from "node:util";
import type { Phase } from "../../../shared/cells/model.ts";

/**
 * Whether text for this stream is coloured: on a terminal that can, unless NO_COLOR says no (https://no-color.org);
 * wherever FORCE_COLOR says yes, and nowhere where it is 0.
 */
export function isColored(
	stream: Readonly<{ isTTY?: boolean }>,
	environment: Readonly<Record<string, string | undefined>>,
): boolean {
	const { NO_COLOR: no = "", FORCE_COLOR: force, TERM: terminal } = environment;
	if (force !== undefined) return force !== "0" && force !== "false";
	return no === "" && terminal !== "dumb" && stream.isTTY === true;
}

type Style = Parameters<typeof styleText>[0];

/** Text in a colour or bold, where that is wanted. */
export type Paint = (style: Style, text: string) => string;

/** Paints what goes to standard output. */
export const stdoutPaint = (): Paint => paintIf(isColored(process.stdout, process.env));

export const paintIf =
	(colored: boolean): Paint =>
	(style, text) =>
		colored && text !== "" ? styleText(style, text, { validateStream: false }) : text;

/** How phases look wherever they are in colour. */
export const phaseStyles = {
	Scheduled: "gray",
	Launching: "yellow",
	Booting: "cyan",
	Ready: "green",
	Terminating: "gray",
	Terminated: "gray",
	Failed: "red",
} as const satisfies Record<Phase, string>;
