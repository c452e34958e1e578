import { dump } from "js-yaml";
import { alarms } from "./alarms.ts";
import { type Deployment, dashboardBody, metricOf } from "./body.ts";
import type { Alarm, Dashboard, Single } from "./definition.ts";
import { fleet } from "./fleet.ts";
import { health } from "./health.ts";

/** Not a template string: others replace it. */
const variable = (name: string): string => ["$", "{", name, "}"].join("");

/** In serverless.yml's words, which it replaces; the region is CloudFormation's to know. */
const deployed: Deployment = {
	prefix: variable("self:custom.name"),
	controllerId: variable("self:custom.deployment.controllerId"),
	region: variable("AWS::Region"),
};

const topic = variable("param:alarmTopic");
const runbookPage = "docs/operate.md";

/** CloudFormation's resources, by file. */
export const resourceFiles = (): Readonly<Record<string, string>> => ({
	"infra/aws/dashboards.yml": file(
		{
			Resources: Object.fromEntries([fleet, health].map(dashboardResource)),
			// As they stand: a widget a line.
		},
		-1,
	),
	"infra/aws/alarms.yml": file(
		{
			Conditions: {
				// Without a topic alarms only change their colour.
				HasAlarmTopic: {
					"Fn::Not": [{ "Fn::Equals": [topic, ""] }],
				},
			},
			Resources: Object.fromEntries(alarms.map(alarmResource)),
		},
		110,
	),
});

const file = (content: unknown, lineWidth: number): string =>
	`# Made by node infra/dashboards/generate.ts; change what it is made from.\n${dump(content, { lineWidth, noRefs: true })}`;

const dashboardResource = (dashboard: Dashboard) =>
	[
		`${pascal(dashboard.name)}Dashboard`,
		{
			Type: "AWS::CloudWatch::Dashboard",
			Properties: {
				DashboardName: `${deployed.prefix}-${dashboard.name}`,
				DashboardBody: { "Fn::Sub": bodyText(dashboardBody(dashboard, deployed)) },
			},
		},
	] as const;

const bodyText = ({ widgets, ...rest }: ReturnType<typeof dashboardBody>): string =>
	[
		JSON.stringify({ ...rest, widgets: [] }).slice(0, -2),
		widgets.map((widget) => JSON.stringify(widget)).join(",\n"),
		"]}",
	].join("\n");

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html */
const alarmResource = (alarm: Alarm) => {
	const actions = { "Fn::If": ["HasAlarmTopic", [topic], { Ref: "AWS::NoValue" }] };
	return [
		`${pascal(alarm.name)}Alarm`,
		{
			Type: "AWS::CloudWatch::Alarm",
			Properties: {
				AlarmName: `${deployed.prefix}-${alarm.name}`,
				AlarmDescription: `${alarm.means} Threshold: ${alarm.because}. Runbook: ${runbookPage}#${alarm.name}`,
				...watched(alarm),
				...compared(alarm),
				EvaluationPeriods: alarm.periods,
				DatapointsToAlarm: alarm.periods,
				TreatMissingData: alarm.silence === "fine" ? "notBreaching" : "breaching",
				AlarmActions: actions,
				OKActions: actions,
			},
		},
	] as const;
};

const compared = ({ threshold }: Alarm) =>
	"above" in threshold
		? { ComparisonOperator: "GreaterThanThreshold", Threshold: threshold.above }
		: { ComparisonOperator: "LessThanThreshold", Threshold: threshold.below };

/** One metric, or an expression over several. A metric that is silent counts as 0 beside the others. */
function watched({ series, combined, periodSeconds, means }: Alarm) {
	const [only] = series;
	if (combined === undefined)
		return { ...measured(only), ...statistic(only), Period: periodSeconds };
	const ids = series.map((_, index) => `m${index + 1}`);
	return {
		Metrics: [
			{
				Id: "all",
				Expression: `${combined}([${ids.map((id) => `FILL(${id}, 0)`).join(", ")}])`,
				Label: means,
				ReturnData: true,
			},
			...series.map((each, index) => ({
				Id: ids[index],
				ReturnData: false,
				MetricStat: { Metric: measured(each), Period: periodSeconds, Stat: each.statistic },
			})),
		],
	};
}

const statistic = ({ statistic }: Single) =>
	statistic.startsWith("p") ? { ExtendedStatistic: statistic } : { Statistic: statistic };

const measured = (series: Single) => {
	const { namespace, dimensions } = metricOf(series, deployed);
	return {
		Namespace: namespace,
		MetricName: series.metric,
		Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
	};
};

const pascal = (name: string): string =>
	name.replace(/(^|-)(?<letter>[a-z])/g, (_all, _dash, letter: string) => letter.toUpperCase());
