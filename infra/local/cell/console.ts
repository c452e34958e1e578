import type { CellMachine } from "./model.ts";

/** A failure that may be told on a console: its message holds nothing of any file's content. */
export class TellableError extends Error {
	override readonly name = "TellableError";
}

/** What a console may say of a failure: others' messages may quote what they failed to read. */
export const tellable = (error: unknown): string => {
	if (error instanceof TellableError) return error.message;
	if (!(error instanceof Error)) return "unknown error";
	return "code" in error ? String(error.code) : error.name;
};

/** A line as a machine writes it, so many ms after it was switched on. */
export const consoleLine = (text: string, sinceMs: number): string =>
	`[${(sinceMs / 1000).toFixed(6).padStart(12)}] ${text}\r\n`;

/** What a machine says by itself, before its own software has a word. */
export const powerOnLines = ({ instanceType, imageId, hostname }: CellMachine) => [
	`Linux version 6.8.0-simulated (${instanceType}, image ${imageId})`,
	"systemd[1]: Detected virtualization amazon.",
	`systemd[1]: Hostname set to <${hostname}>.`,
];

/** The words of a machine whose agent never comes up. */
export const noLauncherLines = [
	"systemd[1]: itzo-launcher.service: Failed to locate executable /usr/local/bin/itzo-launcher: No such file or directory",
	"systemd[1]: Failed to start itzo-launcher.service.",
];

export const crashLine =
	"systemd[1]: itzo-launcher.service: Main process exited, code=exited, status=2";

export const powerOffLine = "reboot: Power down";
