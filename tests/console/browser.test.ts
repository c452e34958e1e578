import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ready } from "../../shared/cells/transitions.ts";
import { aBootingCell, aScheduledCell, morning } from "../support/cells.ts";
import { podScheduledBody } from "../support/watched-stack.ts";
import { chromiumPath, launchChromium } from "./chromium.ts";
import { consoleWorld, podYaml } from "./console-world.ts";
import { overlappingTexts, paleTexts, sidewaysScrollers } from "./page-checks.ts";
import { standIn } from "./stand-in.ts";

if (chromiumPath === undefined)
	process.stderr.write("no chromium (see CHROMIUM_PATH): the console is not tried in a browser\n");

/** A machine that runs all tests at once may take a minute over what takes seconds. */
const patienceMs = 120_000;

let browser: Browser;
let world: Awaited<ReturnType<typeof consoleWorld>>;
/** What pages said wrong, and whom else they asked. */
const complaints: string[] = [];

const opened = async (
	url: string,
	{ width = 1280, height = 800, watched = true } = {},
): Promise<Page> => {
	const page = await browser.newPage({
		viewport: { width, height },
		colorScheme: "light",
	});
	page.setDefaultTimeout(patienceMs);
	const { origin } = new URL(url);
	page.on("request", (request) => {
		if (new URL(request.url()).origin !== origin) complaints.push(`asked ${request.url()}`);
	});
	page.on("pageerror", ({ message }) => complaints.push(message));
	page.on("console", (said) => {
		// A browser reports each answer that isn't 2xx, and each server that has gone.
		if (watched && said.type() !== "log") complaints.push(`${said.type()}: ${said.text()}`);
	});
	await page.goto(url);
	return page;
};

const tooLarge = {
	spec: { containers: [{ name: "web", resources: { requests: { cpu: "1", memory: "30Ti" } } }] },
};

const aReadyCell = (uid: string) => ready(aBootingCell(uid), morning, morning);

const rowOf = (page: Page, name: string, state = "") =>
	page.locator(`tr[data-pod="${name}"]${state}`);

const rowNames = async (page: Page): Promise<readonly string[]> =>
	await page.locator("tr[data-pod]").evaluateAll((rows) => rows.map((row) => row.dataset.pod));

/** Whether the focus is on something whose text, or value, is like this. */
const isFocused = async (page: Page, like: RegExp): Promise<boolean> => {
	const text = await page
		.locator("*:focus")
		.first()
		.evaluate((it) => it.getAttribute("aria-label") ?? it.textContent ?? "")
		.catch(() => "");
	return like.test(text);
};

/** Presses Tab, as somebody without a mouse does, until the focus is there. */
async function tabTo(page: Page, like: RegExp, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
	for (let presses = 0; presses < 40; presses++) {
		await page.keyboard.press(key);
		if (await isFocused(page, like)) return;
	}
	throw new Error(`no way to ${like} by ${key}`);
}

async function launch(page: Page, yaml: string): Promise<void> {
	await page.getByRole("button", { name: "Launch a pod" }).first().click();
	await page.getByLabel("The pod in YAML").fill(yaml);
	await page.getByText("would get").waitFor();
	await page.getByRole("button", { name: /^Launch Ctrl/ }).click();
}

describe.skipIf(chromiumPath === undefined)(
	"the console in a browser",
	{ timeout: patienceMs },
	() => {
		beforeAll(async () => {
			[browser, world] = await Promise.all([launchChromium(chromiumPath ?? ""), consoleWorld()]);
			await world.stack.enqueue(podScheduledBody("seen"));
			await world.stack.enqueue(podScheduledBody("too-large", tooLarge));
		});
		afterAll(async () => {
			await browser?.close();
			await world?.close();
		});

		it("says how to launch the first pod where there is none", async () => {
			const empty = await standIn();
			const page = await opened(empty.url);
			await page.getByRole("heading", { name: "No pod yet" }).waitFor();
			await page.close();
			await empty.close();
		});

		it("launches a pod through the form, selects it and sees it become Ready", async () => {
			const page = await opened(world.url);
			await launch(page, podYaml("by-form"));
			await rowOf(page, "shop/by-form", '[aria-selected="true"]').waitFor();
			await rowOf(page, "shop/by-form", '[data-phase="Ready"]').waitFor();
			await page.getByRole("heading", { name: "shop/by-form" }).waitFor();
			await page.locator(".happening-ready").waitFor();
			await page.getByRole("heading", { name: "The cheapest that fit" }).waitFor();
			expect(new URL(page.url()).hash).toMatch(/^#pod=[0-9a-f-]{36}$/);
			await page.close();
		});

		it("interrupts a spot cell and sees the next attempt", async () => {
			const page = await opened(world.url);
			await launch(page, podYaml("taken-back"));
			await rowOf(page, "shop/taken-back", '[data-phase="Ready"]').waitFor();
			await page.getByRole("button", { name: "Interrupt" }).click();
			await page.getByLabel("warned").selectOption("2");
			await page.getByRole("button", { name: "Yes, interrupt" }).click();
			await rowOf(page, "shop/taken-back", '[data-attempt="2"][data-phase="Ready"]').waitFor();
			await rowOf(page, "shop/taken-back").locator(".mark-lost").waitFor();
			await rowOf(page, "shop/taken-back").locator(".mark-warned").waitFor();
			await page.locator(".happening-lost").waitFor();
			await page.close();
		});

		it("doesn't interrupt a cell that is on demand, and says why", async () => {
			const page = await opened(world.url);
			await launch(page, podYaml("on-demand", { spot: false }));
			await rowOf(page, "shop/on-demand", '[data-phase="Ready"]').waitFor();
			await page.getByText("EC2 takes only spot back").waitFor();
			await page.getByRole("button", { name: "Interrupt" }).click({ force: true });
			expect(await page.getByText("Yes, interrupt").count()).toBe(0);
			await page.close();
		});

		it("shows a fault at its line while it is typed, and goes there", async () => {
			const page = await opened(`${world.url}#launch`, { watched: false });
			const yaml = podYaml("faulty", { cpu: "1aa" });
			const line = 1 + yaml.split("\n").findIndex((each) => each.includes("1aa"));
			await page.getByLabel("The pod in YAML").fill(yaml);
			await page.locator(`.fault-number[data-line="${line}"]`).waitFor();
			await page.getByRole("button", { name: `line ${line}` }).click();
			expect(await isFocused(page, /The pod in YAML/)).toBe(true);
			await page.keyboard.insertText("          cpu: 250m");
			await page.getByText("would get").waitFor();
			expect(await page.locator(".fault-number").count()).toBe(0);
			await page.close();
		});

		it("goes to a line that is far below, and says once what many pods would get", async () => {
			const page = await opened(`${world.url}#launch`, { watched: false });
			const documents = (count: number, last: string) =>
				[...Array.from({ length: count }, (_, at) => podYaml(`many-${at}`)), last].join("---\n");
			const text = page.getByLabel("The pod in YAML");
			// Typing so much takes a browser minutes.
			const paste = async (yaml: string) =>
				await text.evaluate((it, value) => {
					it.value = value;
					it.dispatchEvent(new it.ownerDocument.defaultView.Event("input", { bubbles: true }));
				}, yaml);
			await paste(documents(600, podYaml("last")));
			await page.getByText("shop/many-0, shop/many-1 and 599 more would get").waitFor();
			expect(await page.locator(".editor *").count()).toBeLessThan(60);
			const faulty = documents(600, podYaml("last", { cpu: "1aa" }));
			const line = 1 + faulty.split("\n").findIndex((each) => each.includes("1aa"));
			await paste(faulty);
			await page.getByRole("button", { name: `line ${line}` }).click();
			await page.locator(`.fault-number[data-line="${line}"]`).waitFor();
			await page.locator(".fault-stripe").waitFor();
			await page.close();
		});

		it("can be used with the keyboard alone", async () => {
			const page = await opened(world.url);
			await rowOf(page, "shop/web-seen").waitFor();
			await tabTo(page, /^Launch a pod/);
			await page.keyboard.press("Enter");
			await tabTo(page, /The pod in YAML/);
			await page.keyboard.press("Control+A");
			await page.keyboard.insertText(podYaml("by-keys"));
			await page.keyboard.press("Control+Enter");
			await rowOf(page, "shop/by-keys", '[data-phase="Ready"]').waitFor();
			await tabTo(page, /^Interrupt/);
			await page.keyboard.press("Enter");
			await page.getByText("Yes, interrupt").waitFor();
			await page.keyboard.press("Escape");
			await page.getByText("Yes, interrupt").waitFor({ state: "detached" });
			await tabTo(page, /^Delete the pod/);
			await page.keyboard.press("Enter");
			await page.locator("button:focus", { hasText: "Yes, delete" }).waitFor();
			await page.keyboard.press("Enter");
			await rowOf(page, "shop/by-keys", '[data-phase="Terminated"]').waitFor();
			await page.keyboard.press("Escape");
			await page.locator(".panel").waitFor({ state: "detached" });
			await page.locator("[role=grid]:focus").waitFor();
			await page.keyboard.press("End");
			await page.keyboard.press("ArrowLeft");
			await page.locator(".told", { hasText: /attempt \d|waiting/ }).waitFor();
			await page.keyboard.press("Enter");
			await page.locator(".panel").waitFor();
			await page.close();
		});

		it("takes capacity away as soon as it is asked well, shows the refusals and gives it back", async () => {
			const page = await opened(`${world.url}#switchboard`, { watched: false });
			const pattern = page.getByRole("textbox", { name: "Has none of" });
			await pattern.fill("all of them");
			await page.getByRole("button", { name: "Take away" }).click();
			await page.getByRole("region", { name: "Capacity" }).getByRole("alert").waitFor();
			expect(await pattern.inputValue()).toBe("all of them");
			await pattern.fill("*/spot");
			await page.getByRole("button", { name: "Take away" }).click();
			await page.getByRole("list", { name: "What it has none of" }).getByText("*/spot").waitFor();
			await launch(page, podYaml("refused"));
			await rowOf(page, "shop/refused").locator(".mark-refused").first().waitFor();
			await page.getByRole("button", { name: "Switchboard" }).click();
			await page.getByRole("button", { name: "Give back" }).click();
			await page.getByText("It has enough of everything.").waitFor();
			await page.close();
		});

		it("can be read, at 1280 and 900 px: contrast in both schemes, no overlap, no sideways scrolling", async () => {
			const page = await opened(world.url);
			const found: Record<string, readonly string[]> = {};
			const look = async (name: string, height = 800) => {
				const seen = [...(await paleTexts(page))];
				await page.emulateMedia({ colorScheme: "dark" });
				seen.push(...(await paleTexts(page)));
				await page.emulateMedia({ colorScheme: "light" });
				for (const width of [900, 1280]) {
					await page.setViewportSize({ width, height });
					seen.push(...(await overlappingTexts(page)), ...(await sidewaysScrollers(page)));
				}
				if (seen.length > 0) found[name] = seen;
			};
			for (const pod of ["shop/web-seen", "shop/web-too-large"]) {
				await rowOf(page, pod).click();
				await page.getByRole("heading", { name: pod }).waitFor();
				await page.getByRole("heading", { name: "What happened" }).waitFor();
				await look(pod);
			}
			await page.keyboard.press("Escape");
			await look("timeline");
			await page.getByRole("button", { name: "Launch a pod" }).click();
			await page.getByText("would get").waitFor();
			await look("launch");
			await page.getByRole("button", { name: "Switchboard" }).click();
			await look("switchboard");
			await page.keyboard.press("Escape");
			for (const view of ["Fleet", "Health"]) {
				await page.getByRole("button", { name: view, exact: true }).click();
				await page.locator(".plot canvas").first().waitFor();
				await look(view, 3_000);
			}
			expect(found).toEqual({});
			await page.close();
		});

		it("stays whole at 600 px", async () => {
			const page = await opened(world.url, { width: 600 });
			await rowOf(page, "shop/web-seen").click();
			await page.getByRole("heading", { name: "What happened" }).waitFor();
			expect(await overlappingTexts(page)).toEqual([]);
			expect(await page.locator("html").evaluate((html) => html.scrollWidth)).toBe(600);
			await page.close();
		});

		it("has room for the pods beside a story when everything is twice as large", async () => {
			const page = await opened(world.url, { width: 640, height: 400 });
			await rowOf(page, "shop/web-seen").click();
			await page.getByRole("heading", { name: "What happened" }).waitFor();
			const grid = await page.locator(".grid").boundingBox();
			expect(grid?.height).toBeGreaterThan(100);
			expect(await overlappingTexts(page)).toEqual([]);
			await page.close();
		});

		it("keeps its signs where the system forces its colours", async () => {
			const page = await opened(world.url);
			await page.emulateMedia({ forcedColors: "active" });
			const back = await rowOf(page, "shop/web-seen")
				.locator(".span-ready")
				.evaluate((it) => it.ownerDocument.defaultView.getComputedStyle(it).backgroundColor);
			expect(back).toBe("rgb(34, 136, 51)");
			await page.close();
		});

		it("remembers which colours were chosen", async () => {
			const page = await opened(world.url);
			await page.getByRole("button", { name: "Dark colours" }).click();
			await page.reload();
			await page.getByRole("button", { name: "Light colours" }).waitFor();
			expect(await page.locator("html").getAttribute("data-scheme")).toBe("dark");
			await page.close();
		});

		it("says that the server has gone, keeps the last picture and finds it again", async () => {
			const cell = aBootingCell("a");
			const first = await standIn([cell]);
			const page = await opened(first.url, { watched: false });
			await rowOf(page, "shop/web-a").waitFor();
			await page.getByText("1 pod", { exact: true }).waitFor();
			await rowOf(page, "shop/web-a").click();
			await page.getByRole("heading", { name: "What happened" }).waitFor();
			await first.close();
			await page.getByText("The server has gone").waitFor();
			await rowOf(page, "shop/web-a", '[data-phase="Booting"]').waitFor();
			const second = await standIn([aReadyCell("b")], Number(new URL(first.url).port));
			await rowOf(page, "shop/web-b").waitFor();
			expect(await page.getByText("The server has gone").count()).toBe(0);
			await page.getByText("or this is another run").waitFor();
			expect(await page.getByRole("button", { name: "Delete the pod" }).count()).toBe(0);
			await page.close();
			await second.close();
		});

		it("doesn't ask about the next machine what it asked about the last one", async () => {
			const stand = await standIn([aBootingCell("a")]);
			const page = await opened(`${stand.url}#pod=a`);
			await page.getByRole("button", { name: "End its instance" }).click();
			await page.locator("button:focus", { hasText: "Yes, end it" }).waitFor();
			stand.onCell({ ...aScheduledCell("a"), version: 50 });
			await page.getByText("it has no cell yet").first().waitFor();
			await page.locator("button:focus", { hasText: "End its instance" }).waitFor();
			stand.onCell({ ...aBootingCell("a"), version: 60 });
			await rowOf(page, "shop/web-a", '[data-phase="Booting"]').waitFor();
			await page.getByText("it has no cell yet").first().waitFor({ state: "detached" });
			expect(await page.getByText("Yes, end it").count()).toBe(0);
			await page.close();
			await stand.close();
		});

		it("moves no row while somebody points at one, and says how many are new", async () => {
			const stand = await standIn(["b", "c"].map(aReadyCell));
			const page = await opened(stand.url);
			await rowOf(page, "shop/web-b").hover();
			await page.locator(".told", { hasText: "shop/web-b" }).waitFor();
			stand.onCell(aReadyCell("a"));
			await page.getByRole("button", { name: "show 1 new" }).waitFor();
			expect(await rowNames(page)).toEqual(["shop/web-b", "shop/web-c"]);
			await rowOf(page, "shop/web-b").click();
			await page.getByRole("heading", { name: "shop/web-b" }).waitFor();
			await page.mouse.move(0, 0);
			await rowOf(page, "shop/web-a").waitFor();
			expect(await rowNames(page)).toEqual(["shop/web-a", "shop/web-b", "shop/web-c"]);
			expect(await page.getByRole("button", { name: /^show/ }).count()).toBe(0);
			await page.close();
			await stand.close();
		});

		it("keeps pods that no longer match, and new ones away, until who goes by the keys wants them", async () => {
			const stand = await standIn(
				Array.from({ length: 80 }, (_, index) => aReadyCell(`b${index}`)),
			);
			const page = await opened(stand.url);
			await page.getByRole("combobox", { name: "Phase" }).selectOption("Ready");
			await page.getByText("80 pods").waitFor();
			await page.locator("[role=grid]").focus();
			await page.keyboard.press("End");
			await rowOf(page, "shop/web-b9", ".row-active").waitFor();
			const before = await rowNames(page);
			stand.onCell(aReadyCell("a"));
			stand.onCell({ ...aBootingCell("b9"), version: 60 });
			await rowOf(page, "shop/web-b9", '.row-active[data-phase="Booting"]').waitFor();
			await page.getByText("80 of 81 pods").waitFor();
			expect(await rowNames(page)).toEqual(before);
			await page.keyboard.press("Tab");
			await page.locator("button:focus", { hasText: "show 1 new" }).press("Enter");
			await rowOf(page, "shop/web-a", ".row-active").waitFor();
			await page.locator("[role=grid]:focus").waitFor();
			await page.keyboard.press("End");
			await rowOf(page, "shop/web-b8", ".row-active").waitFor();
			await page.close();
			await stand.close();
		});

		it("keeps the document small with 500 pods, and finds each of them", async () => {
			const cells = Array.from({ length: 500 }, (_, index) => aReadyCell(`${index}`));
			const many = await standIn(cells);
			const page = await opened(many.url);
			await page.getByText("500 pods").waitFor();
			expect(await page.locator("tr[data-pod]").count()).toBeLessThan(60);
			expect(await page.locator("*").count()).toBeLessThan(2_000);
			await page.locator("[role=grid]").focus();
			await page.keyboard.press("End");
			await rowOf(page, "shop/web-99", ".row-active").waitFor();
			await page.getByLabel("Find").fill("web-321");
			await page.getByText("1 of 500 pods").waitFor();
			await rowOf(page, "shop/web-321").waitFor();
			await page.close();
			const linked = await opened(`${many.url}#pod=499`);
			await rowOf(linked, "shop/web-499", ".row-active[aria-selected=true]").waitFor();
			await linked.locator(".grid-scroller").evaluate((it) => {
				it.scrollTop = 0;
			});
			await rowOf(linked, "shop/web-499").waitFor({ state: "detached" });
			await linked.getByLabel("Find").fill("web");
			await linked.keyboard.press("Escape");
			expect(await linked.getByLabel("Find").inputValue()).toBe("");
			expect(await linked.locator(".panel").count()).toBe(1);
			await linked.keyboard.press("Escape");
			await rowOf(linked, "shop/web-499", ".row-active").waitFor();
			await linked.close();
			await many.close();
		});

		it("complains of nothing, and asks nobody but its own server", () => {
			expect(complaints).toEqual([]);
		});
	},
);
