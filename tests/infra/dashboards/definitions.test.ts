import { readFileSync } from "node:fs";
import { glob } from "node:fs/promises";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { deadLetterNames, queueNames, tableNames } from "../../../infra/aws/names.ts";
import { alarms } from "../../../infra/dashboards/alarms.ts";
import { dashboardBody, metricOf } from "../../../infra/dashboards/body.ts";
import type { Alarm, Dashboard, MetricName } from "../../../infra/dashboards/definition.ts";
import { fleet } from "../../../infra/dashboards/fleet.ts";
import { currentFiles } from "../../../infra/dashboards/generate.ts";
import { health } from "../../../infra/dashboards/health.ts";
import { functionNames, ours } from "../../../infra/dashboards/series.ts";
import { Phase } from "../../../shared/cells/model.ts";
import { RefusalReason } from "../../../shared/instances/model.ts";
import { reasons } from "../../../shared/reasons.ts";
import { metricTable } from "../../../shared/telemetry/metrics.ts";
import { alarmFaults, dashboardFaults, runbookFaults } from "./faults.ts";

const dashboards = [fleet, health];
const runbooks = readFileSync("docs/operate.md", "utf8");

/** What the code observes: every name that stands in the first argument of a call of `add`. */
async function emittedIn(...folders: readonly string[]): Promise<ReadonlySet<string>> {
	const names = new Set<string>();
	for await (const path of glob(folders.map((folder) => `${folder}/**/*.ts`))) {
		const source = readFileSync(path, "utf8");
		for (const [, first = ""] of source.matchAll(/metrics\.add\(([^,]+),/g))
			for (const [, name = ""] of first.matchAll(/"(\w+)"/g)) names.add(name);
	}
	return names;
}

const emitted = await emittedIn("shared", "functions");
const values = {
	Stage: new Set(["queue", "plan", "launch", "boot", "confirm", "total"]),
	Phase: new Set<string>(Phase.options),
	Reason: new Set<string>([...RefusalReason.options, ...Object.keys(reasons)]),
	Role: new Set(["current", "next", "earlier"]),
	Architecture: new Set(["x86_64", "arm64"]),
};
const faultsOf = (shown: readonly Dashboard[], observed = emitted) =>
	dashboardFaults(shown, metricTable, observed, values);
const faultsIn = (watched: readonly Alarm[], observed = emitted) =>
	alarmFaults(watched, metricTable, observed, values);

const without = (metric: MetricName): ReadonlySet<string> =>
	new Set([...emitted].filter((name) => name !== metric));
const [anAlarm] = alarms.filter(({ name }) => name === "orphans-left");
if (anAlarm === undefined) throw new Error("no such alarm");

describe("metrics", () => {
	it("in the table are all emitted, and no others are", () => {
		expect([...emitted].toSorted()).toEqual(Object.keys(metricTable).toSorted());
	});

	it("are all in the documentation", () => {
		const page = readFileSync("docs/metrics.md", "utf8");
		for (const name of emitted) expect(page).toContain(`| \`${name}\` |`);
	});
});

describe("dashboards", () => {
	it("show all metrics that are emitted, and no others, as they are emitted", () => {
		expect(faultsOf(dashboards)).toEqual([]);
	});

	it.each<{
		of: string;
		planted: readonly Dashboard[];
		observed?: ReadonlySet<string>;
		fault: string;
	}>([
		{
			of: "a metric that nobody emits",
			planted: dashboards,
			observed: without("Orphans"),
			fault: "Orphans is emitted by nobody",
		},
		{
			of: "a metric that isn't shown",
			planted: [health],
			fault: "PodsAccepted is on no dashboard",
		},
		{
			of: "another dimension",
			planted: [
				...dashboards,
				oneWidget({ of: "each", metric: "Cells", by: "Reason", statistic: "Sum" }),
			],
			fault: "Cells has the dimensions Phase, not Reason",
		},
		{
			of: "a value that never comes",
			planted: [...dashboards, oneWidget(ours("StageMs", "p50", "pull", { Stage: "pull" }))],
			fault: "StageMs is never emitted with Stage pull",
		},
		{
			of: "two units",
			planted: [
				...dashboards,
				oneWidget(ours("Orphans", "Sum", "a", {}), ours("ImageAgeSeconds", "Sum", "b", {})),
			],
			fault: '"planted: 0" mixes units',
		},
	])("are at fault with $of", ({ planted, observed, fault }) => {
		expect(faultsOf(planted, observed)).toContain(fault);
	});

	it("fit into CloudWatch's grid, and ask for the deployment's own metrics", () => {
		const deployment = { prefix: "p", controllerId: "c", region: "us-east-1" };
		for (const dashboard of dashboards) {
			const { widgets } = dashboardBody(dashboard, deployment);
			for (const { x, width } of widgets) expect(x + width).toBeLessThanOrEqual(24);
			const text = JSON.stringify(widgets);
			for (const [search] of text.matchAll(/SEARCH\([^)]*\)/g))
				expect(search).toContain('Controller=\\"c\\"');
		}
	});
});

describe("alarms", () => {
	it("watch only what is emitted, in its unit", () => {
		expect(faultsIn(alarms)).toEqual([]);
	});

	it.each<{ of: string; planted: Partial<Alarm>; observed?: ReadonlySet<string>; fault: string }>([
		{
			of: "a metric that nobody emits",
			planted: {},
			observed: without("OrphansLeft"),
			fault: "OrphansLeft is emitted by nobody",
		},
		{
			of: "another unit",
			planted: { unit: "Seconds" },
			fault: "orphans-left compares OrphansLeft as Seconds, not Count",
		},
		{
			of: "a dimension that is missing",
			planted: {
				series: [
					{ of: "ours", metric: "CellsFailed", dimensions: {}, statistic: "Sum", label: "" },
				],
			},
			fault: "CellsFailed has the dimensions Reason, not ",
		},
		{
			of: "metrics that nothing combines",
			planted: { series: [anAlarm.series[0], anAlarm.series[0]] },
			fault: "orphans-left doesn't say how its metrics are combined",
		},
		{
			of: "too long a look back",
			planted: { periods: 300 },
			fault: "orphans-left looks back for longer than CloudWatch does",
		},
	])("are at fault with $of", ({ planted, observed, fault }) => {
		expect(faultsIn([{ ...anAlarm, ...planted }], observed)).toContain(fault);
	});

	it("have names of their own", () => {
		expect(new Set(alarms.map(({ name }) => name)).size).toBe(alarms.length);
	});

	it("take silence for a fault only where a schedule speaks in any case", () => {
		const heard = alarms.filter(({ silence }) => silence === "alarm").map(({ name }) => name);
		expect(heard).toEqual(["janitor-silent", "client-certificate", "schedules-silent"]);
	});

	it("have each their runbook, and every runbook has its alarm", () => {
		expect(runbookFaults(alarms, runbooks)).toEqual([]);
	});

	it.each([
		{
			of: "an alarm without a runbook",
			planted: [{ ...anAlarm, name: "new" }],
			page: runbooks,
			fault: "new has no runbook",
		},
		{
			of: "a runbook without an alarm",
			planted: [anAlarm],
			page: runbooks,
			fault: "quota is no alarm",
		},
		{
			of: "a runbook that doesn't say what to do",
			planted: alarms,
			page: runbooks.replace("**Do**", "Do"),
			fault: "dead-letters lacks **Do**",
		},
	])("are at fault with $of", ({ planted, page, fault }) => {
		expect(runbookFaults(planted, page)).toContain(fault);
	});
});

describe("resources", async () => {
	it.each(await currentFiles())("in $path are current", ({ written, made }) => {
		expect(written).toBe(made);
	});

	it("act only where there is a topic, and read silence as they should", () => {
		const resources = load(readFileSync("infra/aws/alarms.yml", "utf8"));
		expect(resources).toMatchObject({
			Conditions: { HasAlarmTopic: expect.anything() },
			Resources: {
				OrphansLeftAlarm: {
					Properties: {
						AlarmActions: {
							"Fn::If": ["HasAlarmTopic", expect.anything(), { Ref: "AWS::NoValue" }],
						},
						TreatMissingData: "notBreaching",
						ComparisonOperator: "GreaterThanThreshold",
					},
				},
				JanitorSilentAlarm: {
					Properties: { TreatMissingData: "breaching", ComparisonOperator: "LessThanThreshold" },
				},
			},
		});
	});

	const declared = (file: string, form: RegExp): string[] =>
		[...readFileSync(`infra/aws/${file}.yml`, "utf8").matchAll(form)].map(([, name = ""]) => name);

	it.each([
		{
			what: "queue",
			names: [...queueNames, ...deadLetterNames],
			file: "queues",
			form: /QueueName: \S+\}-(\S+)/g,
		},
		{ what: "table", names: tableNames, file: "tables", form: /TableName: \S+\}-(\S+)/g },
		// It runs at deployments only, and CloudFormation tells how it went.
		{
			what: "function",
			names: [...functionNames, "found-authority"],
			file: "functions",
			form: /^([a-z-]+):/gm,
		},
	])("watch every $what that is deployed, and no other", ({ names, file, form }) => {
		expect([...names].toSorted()).toEqual(declared(file, form).toSorted());
	});

	it("name queues, functions and tables by the deployment's name", () => {
		const deployment = { prefix: "p", controllerId: "c", region: "r" };
		const label = { statistic: "Sum", label: "" } as const;
		const of = (what: "queue" | "function" | "table") => {
			const resource =
				what === "queue"
					? ({ what, name: "pod-scheduled" } as const)
					: what === "function"
						? ({ what, name: "launch" } as const)
						: ({ what, name: "cells" } as const);
			return metricOf({ of: "aws", metric: "m", resource, ...label }, deployment).dimensions;
		};
		expect(of("queue")).toEqual({ QueueName: "p-pod-scheduled" });
		expect(of("function")).toEqual({ FunctionName: "p-launch" });
		expect(of("table")).toEqual({ TableName: "p-cells" });
	});
});

function oneWidget(
	...series: Extract<Dashboard["rows"][number][number], { series: unknown }>["series"]
): Dashboard {
	const widget = { title: "planted: 0", width: 12, shows: "lines", axis: "", series } as const;
	return { name: "fleet", rows: [[widget, widget]] };
}
