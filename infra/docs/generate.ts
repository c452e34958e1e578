/**
 * Writes the generated parts of the documentation in place, between their markers.
 * `--check` writes nothing and fails when a page isn't current.
 */
import { readFile, writeFile } from "node:fs/promises";
import { countedText, idleTable, podsTable, pricesTable } from "../cost/page.ts";
import { alarmsTable } from "./alarms.ts";
import {
	commandsOverview,
	commandsReference,
	environmentVariablesTable,
	exitCodesTable,
} from "./commands.ts";
import { environmentTable } from "./environment.ts";
import {
	deadLetterExample,
	failedStatusExample,
	faultsExample,
	kipWarningsExample,
	machinesTable,
	readyStatusExample,
	sizingExample,
} from "./examples.ts";
import { labelsTable } from "./labels.ts";
import { podDeletedTable, podScheduledTable, statusEventTable } from "./message-fields.ts";
import { withParts } from "./parts.ts";
import { fieldReference, warnedFieldsTable } from "./provider-fields.ts";
import { setAsideTable } from "./set-aside.ts";
import { annotationsTable, metricsTable, reasonsTable } from "./vocabulary.ts";

type Parts = Readonly<Record<string, () => string>>;

/** Pages under `docs/` with the parts that are made from code. */
const pages: ReadonlyMap<string, Parts> = new Map<string, Parts>([
	[
		"provider.md",
		{
			"faults-example": faultsExample,
			"fields-cloud": () => fieldReference("cloud"),
			"fields-images": () => fieldReference("images"),
			"fields-machines": () => fieldReference("machines"),
			"fields-access": () => fieldReference("access"),
			"fields-times": () => fieldReference("times"),
			"fields-fleet": () => fieldReference("fleet"),
			"fields-format": () => fieldReference("format"),
		},
	],
	[
		"coming-from-kip.md",
		{ "fields-without-effect": warnedFieldsTable, "kip-warnings": kipWarningsExample },
	],
	[
		"choosing-offerings.md",
		{ labels: labelsTable, machines: machinesTable, "set-aside": setAsideTable },
	],
	["pods.md", { annotations: annotationsTable, sizing: sizingExample }],
	[
		"messages.md",
		{
			"pod-scheduled": podScheduledTable,
			"pod-deleted": podDeletedTable,
			"ready-status": readyStatusExample,
			"status-event": statusEventTable,
			"failed-status": failedStatusExample,
			"dead-letter": deadLetterExample,
		},
	],
	[
		"reasons.md",
		{
			"pod-reasons": () => reasonsTable("pod"),
			"loss-reasons": () => reasonsTable("loss"),
			"wait-reasons": () => reasonsTable("wait"),
			"function-reasons": () => reasonsTable("function"),
			"condition-reasons": () => reasonsTable("condition"),
			"message-reasons": () => reasonsTable("message"),
			"start-reasons": () => reasonsTable("start"),
		},
	],
	[
		"cli.md",
		{
			overview: commandsOverview,
			"exit-codes": exitCodesTable,
			environment: environmentVariablesTable,
			commands: commandsReference,
		},
	],
	["metrics.md", { metrics: metricsTable }],
	["operate.md", { alarms: alarmsTable }],
	["deploy.md", { environment: environmentTable }],
	[
		"cost.md",
		{
			counted: () => countedText(),
			"cost-of-pods": () => podsTable(),
			"cost-of-idling": () => idleTable(),
			prices: pricesTable,
		},
	],
]);

/** Each page as it stands and as it should. */
export const currentPages = async (): Promise<
	readonly Readonly<{ name: string; written: string; made: string }>[]
> =>
	await Promise.all(
		[...pages].map(async ([name, parts]) => {
			const written = await readFile(pageFile(name), "utf8");
			return { name, written, made: withParts(written, parts) };
		}),
	);

const pageFile = (name: string): URL => new URL(`../../docs/${name}`, import.meta.url);

if (import.meta.main) {
	const isCheck = process.argv.includes("--check");
	for (const { name, written, made } of await currentPages()) {
		if (written === made) continue;
		if (isCheck) {
			process.stderr.write(`docs/${name} is not current: run node infra/docs/generate.ts\n`);
			process.exitCode = 1;
		} else {
			await writeFile(pageFile(name), made);
			process.stdout.write(`docs/${name} written\n`);
		}
	}
}
