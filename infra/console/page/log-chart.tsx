import type { ChartWidget } from "../api.ts";

/** How often each value came, the most frequent first. */
export function LogChart({
	counts,
}: Readonly<{ counts: Extract<ChartWidget, { shows: "log" }>["counts"] }>) {
	if (counts.length === 0) return <p class="no-observation">no observation yet</p>;
	const most = Math.max(...counts.map(({ times }) => times));
	return (
		<div class="bars-frame">
			<table class="bars">
				<tbody>
					{counts
						.toSorted((a, b) => b.times - a.times)
						.map(({ value, times }) => (
							<tr key={value}>
								<th scope="row">{value}</th>
								<td class="bars-bar">
									<span style={{ width: `${(100 * times) / most}%` }} />
								</td>
								<td class="number">{times}</td>
							</tr>
						))}
				</tbody>
			</table>
		</div>
	);
}
