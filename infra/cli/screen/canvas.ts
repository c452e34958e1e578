import { isColored } from "./color.ts";

/** What a drawing has to keep to. */
export type Canvas = Readonly<{
	colored: boolean;
	/** Infinity where there is no terminal: programs and files get all. */
	columns: number;
	/** It is drawn over soon, so that long texts may be cut. */
	isPassing: boolean;
}>;

/** Something to write to, as Node knows it. */
type Output = Readonly<{ isTTY?: boolean; columns?: number }>;

/** What is written there stays. */
export const canvasOf = (
	out: Output,
	environment: Readonly<Record<string, string | undefined>>,
): Canvas => ({
	colored: isColored(out, environment),
	columns: out.isTTY === true ? terminalColumns(out) : Number.POSITIVE_INFINITY,
	isPassing: false,
});

/** A terminal that doesn't know its size says 0. */
export const terminalColumns = ({ columns }: Output): number => columns || 80;
