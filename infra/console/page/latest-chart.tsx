import type { ChartWidget } from "../api.ts";
import { amountText } from "./amount-text.ts";

/** The latest values as numbers. */
export const LatestChart = ({
	widget: { axis, lines },
}: Readonly<{ widget: Extract<ChartWidget, { axis: string }> }>) => (
	<div class="latest">
		{lines.map(({ label, points }) => {
			const latest = points.findLast((point) => point !== null) ?? undefined;
			return (
				<p key={label}>
					<b class="latest-value">{latest === undefined ? "–" : amountText(latest)}</b> {axis}
					<br />
					{label}
					{latest === undefined ? ": no observation yet" : ""}
				</p>
			);
		})}
	</div>
);
