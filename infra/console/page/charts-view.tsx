import type { Charts, ChartWidget } from "../api.ts";
import type { ColorScheme } from "./color-scheme.ts";
import { LatestChart } from "./latest-chart.tsx";
import { LineChart } from "./line-chart.tsx";
import { LogChart } from "./log-chart.tsx";

type ChartsViewProps = Readonly<{
	charts: Charts | undefined;
	dashboard: Charts["dashboard"];
	scheme: ColorScheme;
}>;

/** One of CloudWatch's dashboards, with what this run's own metrics say. */
export function ChartsView({ charts, dashboard, scheme }: ChartsViewProps) {
	if (charts === undefined)
		return <p class="empty">No observation yet: metrics come with the first pods.</p>;
	return (
		<section
			class="charts"
			aria-label={`Charts of the dashboard ${dashboard}`}
			data-period-seconds={charts.periodSeconds}
		>
			{charts.rows.flat().map((widget) => (
				<figure key={widget.title} class="chart" data-width={widget.width}>
					<figcaption>{widget.title}</figcaption>
					<Chart widget={widget} charts={charts} scheme={scheme} />
				</figure>
			))}
		</section>
	);
}

type ChartProps = Readonly<{ widget: ChartWidget; charts: Charts; scheme: ColorScheme }>;

function Chart({ widget, charts, scheme }: ChartProps) {
	if (widget.shows === "log") return <LogChart counts={widget.counts} />;
	if (widget.shows === "latest") return <LatestChart widget={widget} />;
	return (
		<LineChart
			widget={widget}
			periodStarts={charts.periodStarts}
			periodSeconds={charts.periodSeconds}
			scheme={scheme}
		/>
	);
}
