import { glob, readdir, readFile } from "node:fs/promises";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { cellwrightProgram, environmentVariables } from "../../infra/cli/program.ts";
import { alarms } from "../../infra/dashboards/alarms.ts";
import { fleet } from "../../infra/dashboards/fleet.ts";
import { health } from "../../infra/dashboards/health.ts";
import { fieldsOf } from "../../infra/docs/message-fields.ts";
import { environments } from "../../shared/config/env.ts";
import { PodDeleted, PodScheduled } from "../../shared/pods/model.ts";
import { reasons } from "../../shared/reasons.ts";
import { StatusEvent } from "../../shared/status/model.ts";
import { metricTable } from "../../shared/telemetry/metrics.ts";
import { allPages, anchorsOf, type Page } from "./pages.ts";

// What exists in code is in the docs, and what the docs name exists. Settings and annotations have tests of their own.

/** What was decided, and what has changed, may speak of what is gone. */
const pages = (await allPages()).filter(
	({ path }) => path !== "CHANGELOG.md" && !path.startsWith("docs/adr/"),
);

function page(path: string): Page {
	const found = pages.find((each) => each.path === path);
	if (found === undefined) throw new RangeError(`${path} isn't there`);
	return found;
}

/** Everything between backquotes, of one page. */
const quotedIn = ({ prose }: Page): readonly string[] =>
	[...prose.join("\n").matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text);

/** First columns of a page's tables. */
const firstColumn = ({ prose }: Page): ReadonlySet<string> =>
	new Set(prose.flatMap((line) => /^\| `([^`]+)` \|/.exec(line)?.[1] ?? []));

/** `authority rotate`, with the options that it has beside its parents'. */
function commandsBelow(
	command: Command,
	path = "",
): readonly Readonly<{ path: string; flags: readonly string[] }>[] {
	return command.commands.flatMap((each) => {
		const own = `${path} ${each.name()}`.trim();
		const flags = each.options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? [])));
		return [...(each.name() === "help" ? [] : [{ path: own, flags }]), ...commandsBelow(each, own)];
	});
}

const functionNames = (await readdir("functions", { withFileTypes: true })).flatMap((entry) =>
	entry.isDirectory() ? [entry.name] : [],
);

/** A board's widgets that a page names: `*Errors by function* on *Health*`. */
const widgetsNamed = ({ prose }: Page) =>
	[...prose.join(" ").matchAll(/\*([^*]+)\* on \*(Fleet|Health)\*/g)].map(
		([, title = "", board = ""]) => ({ title, board }),
	);

describe("the widgets that the runbook names", () => {
	it.each(widgetsNamed(page("docs/operate.md")))(
		"$title on $board is there",
		({ title, board }) => {
			const { rows } = board === "Fleet" ? fleet : health;
			expect(rows.flat().filter((widget) => widget.title.startsWith(title))).not.toEqual([]);
		},
	);
});

describe("everything that exists is in the docs:", () => {
	it.each(Object.keys(reasons))("the reason %s", (reason) => {
		expect(firstColumn(page("docs/reasons.md"))).toContain(reason);
	});

	it.each(Object.keys(metricTable))("the metric %s", (metric) => {
		expect(firstColumn(page("docs/metrics.md"))).toContain(metric);
	});

	it.each(alarms.map(({ name }) => name))("the alarm %s, with a runbook", (name) => {
		expect(anchorsOf(page("docs/operate.md"))).toContain(name);
	});

	it.each([
		{ of: "PodScheduled", schema: PodScheduled },
		{ of: "PodDeleted", schema: PodDeleted },
		{ of: "a status event", schema: StatusEvent },
	])("the fields of $of", ({ schema }) => {
		const missing = fieldsOf(schema).filter(
			({ path }) => !firstColumn(page("docs/messages.md")).has(path),
		);
		expect(missing).toEqual([]);
	});

	it.each(commandsBelow(cellwrightProgram()))(
		"the command $path with its options",
		({ path, flags }) => {
			const { prose, blocks } = page("docs/cli.md");
			const text = [...prose, ...blocks.map((block) => block.text)].join("\n");
			expect(text).toContain(`cellwright ${path}`);
			expect(flags.filter((flag) => !text.includes(flag))).toEqual([]);
		},
	);

	it.each(functionNames)("the function %s", (name) => {
		expect(page("docs/how-it-works.md").prose.join("\n")).toContain(`/functions/${name}/index.ts)`);
		expect(page("docs/deploy.md").prose.find((line) => line.startsWith("| functions |"))).toContain(
			name,
		);
	});

	const variables = Object.values(environments).flatMap(({ shape }) => Object.keys(shape));
	it.each([...new Set(variables)])("the function's variable %s", (name) => {
		expect(firstColumn(page("docs/deploy.md"))).toContain(name);
	});

	it.each(Object.keys(environmentVariables))("the command line's variable %s", (name) => {
		const { prose, blocks } = page("docs/cli.md");
		expect([...prose, ...blocks.map(({ text }) => text)].join("\n")).toContain(name);
	});
});

/** Words of others that nothing of ours is called, by whose they are. */
const words = {
	aws: ["ReadOnlyAccess"],
	python: ["ApiClient"],
};
const strangers: ReadonlySet<string> = new Set(Object.values(words).flat());

/** Every word of the code, which comments and the docs themselves are no part of. */
async function wordsOfCode(): Promise<ReadonlySet<string>> {
	const found = new Set<string>();
	const paths = "{client,functions,shared,infra,examples,schemas}/**/*.{ts,tsx,yml,yaml,json}";
	for (const pattern of [paths, "serverless.yml", "provider.yaml", "package.json"])
		for await (const path of glob(pattern)) {
			const text = (await readFile(path, "utf8")).replaceAll(/^\s*(\/\/|\*|\/\*\*|#).*$/gm, "");
			for (const [word] of text.matchAll(/\w+/g)) found.add(word);
		}
	return found;
}

describe("the docs name nothing that there isn't:", async () => {
	const code = await wordsOfCode();

	it.each(pages)("$path", (each) => {
		const named = quotedIn(each).flatMap((text) => [
			// Reasons, metrics, phases, conditions, EC2's codes, actions of AWS.
			...(/^[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+$/.test(text) ? [text] : []),
			// Variables.
			...(/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(text) ? [text] : []),
		]);
		expect(named.filter((word) => !code.has(word) && !strangers.has(word))).toEqual([]);
	});

	it("and has no stranger that isn't met", () => {
		const met = new Set(pages.flatMap(quotedIn).flatMap((text) => text.split(/\W+/)));
		expect([...strangers].filter((word) => !met.has(word) || code.has(word))).toEqual([]);
	});

	it("but can see a reason that is none", () => {
		expect(code.has("NoCapacity")).toBe(true);
		expect(code.has("NoSuchReasonAtAll")).toBe(false);
	});
});
