import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, it } from "vitest";
import { chromiumPath, launchChromium } from "./chromium.ts";
import { podYaml } from "./console-world.ts";

// Draws the pictures of docs/console.md: `npm run screenshots`. They show a real run of the examples to which things
// happen, so no two are alike; nobody compares them.

const root = resolve(import.meta.dirname, "../..");
const needed = ["package.json", "node_modules", "infra", "functions", "shared", "client"];
const flags = [
	...["--console-port", "0", "--boot-seconds", "4", "--boot-timeout-seconds", "14"],
	...["--never-boots", "storefront-*:1", "--without-capacity", "c6a.large/spot"],
	...["--interrupt-spot-after", "12", "--spot-warning-seconds", "8"],
];
const isWanted = process.env["UPDATE_SCREENSHOTS"] === "1" && chromiumPath !== undefined;
if (!isWanted)
	process.stderr.write(
		"the console's pictures are left as they are: `npm run screenshots` draws them, with Chromium on the PATH\n",
	);
/** The first minutes' charts show hardly a line. */
const notYet = ':not([data-period-seconds="1"]):not([data-period-seconds="2"])';
/** The run takes as long as what is to be seen in it. */
const patienceMs = 150_000;

let folder: string;
let child: ChildProcess;
let browser: Browser;
let page: Page;

const row = (name: string, state: string) => page.locator(`tr[data-pod="${name}"]${state}`);

async function taken(name: string, height: number): Promise<void> {
	await page.setViewportSize({ width: 1280, height });
	for (const colorScheme of ["light", "dark"] as const) {
		await page.emulateMedia({ colorScheme });
		const path = join(root, "docs/images", `console-${name}-${colorScheme}.png`);
		await page.screenshot({ path, animations: "disabled" });
	}
}

/** So that the picture ends between two rows of charts. */
async function bottomOfRow(number: number): Promise<number> {
	const tops = new Map<number, number>();
	for (const chart of await page.locator(".chart").all()) {
		const box = await chart.boundingBox();
		if (box !== null) tops.set(box.y, Math.max(tops.get(box.y) ?? 0, box.y + box.height));
	}
	return Math.ceil([...tops.values()][number - 1] ?? 1_200) + 6;
}

describe.runIf(isWanted)("the console's pictures", { timeout: patienceMs }, () => {
	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "cellwright-screenshots-"));
		for (const name of [...needed, "examples", "provider.yaml"])
			await symlink(join(root, name), join(folder, name));
		const command = join(root, "infra/cli/cellwright.ts");
		child = spawn(process.execPath, [command, "up", ...flags], {
			cwd: folder,
			stdio: ["ignore", "pipe", "inherit"],
		});
		const { promise, resolve: told } = Promise.withResolvers<string>();
		if (child.stdout !== null)
			createInterface({ input: child.stdout }).on("line", (line) => {
				const url = /^Console (http\S+)/.exec(line)?.[1];
				if (url !== undefined) told(url);
			});
		browser = await launchChromium(chromiumPath ?? "");
		page = await browser.newPage();
		page.setDefaultTimeout(100_000);
		await page.goto(await promise);
	});
	afterAll(async () => {
		await browser?.close();
		if (child?.exitCode === null) {
			const exited = new Promise((resolve) => child.once("exit", resolve));
			child.kill("SIGTERM");
			await exited;
		}
		await rm(folder, { recursive: true });
	});

	it("the form with a fault", async () => {
		await page.getByRole("button", { name: "Launch a pod" }).first().click();
		await page.getByLabel("The pod in YAML").fill(podYaml("hello", { cpu: "1aa" }));
		await page.locator(".fault-number").waitFor();
		await row("shop/storefront-web", '[data-attempt="2"]').waitFor();
		await taken("launch", 800);
		await page.getByLabel("The pod in YAML").fill(podYaml("hello"));
		await page.getByText("would get").waitFor();
		await page.keyboard.press("Control+Enter");
		await row("shop/hello", '[data-phase="Ready"]').waitFor();
	});

	it("the timeline", async () => {
		await page.getByRole("button", { name: "Delete the pod" }).click();
		await page.getByRole("button", { name: "Yes, delete" }).click();
		await row("shop/hello", '[data-phase="Terminated"]').waitFor();
		await row("media/thumbnailer", '[data-phase="Ready"]').locator(".mark-lost").waitFor();
		await page.getByRole("button", { name: "Close" }).click();
		await page.mouse.move(0, 0);
		await taken("timeline", 620);
	});

	it("a failed pod's story", async () => {
		await page.getByRole("combobox", { name: "Phase" }).selectOption("Failed");
		await row("analytics/nightly-report", '[data-phase="Failed"]').click();
		await page.getByRole("heading", { name: "The cheapest that fit" }).waitFor();
		await page.mouse.move(0, 0);
		await taken("failed-pod", 1_000);
		await page.getByRole("button", { name: "Close" }).click();
	});

	it("the fleet's charts", async () => {
		await page.getByRole("button", { name: "Fleet" }).click();
		await page.locator(`.charts${notYet}`).waitFor();
		await page.setViewportSize({ width: 1280, height: 2_000 });
		await taken("charts", await bottomOfRow(6));
	});
});
