import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const commands = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** `CHROMIUM_PATH`, or the first Chromium or Chrome on the PATH; undefined: there is none. */
export const chromiumPath: string | undefined =
	process.env["CHROMIUM_PATH"] ||
	(process.env["PATH"] ?? "")
		.split(delimiter)
		.flatMap((folder) => commands.map((command) => join(folder, command)))
		.find(isExecutable);

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

/** Headless, with a new profile, and quiet: whatever leaves this machine would be the page's own doing. */
export const launchChromium = async (executablePath: string): Promise<Browser> =>
	await chromium.launch({
		executablePath,
		headless: true,
		args: [
			"--no-sandbox",
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
