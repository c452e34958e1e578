import type { PodDetail } from "../api.ts";
import { Section } from "./section.tsx";
import { clockText } from "./time-window.ts";

/** What was put on the event bus about the pod. */
export const EventsSection = ({ events }: Readonly<{ events: PodDetail["events"] }>) => (
	<Section title="Events on the bus, newest first">
		{events.length === 0 ? (
			<p class="pale">none yet</p>
		) : (
			<table class="table">
				<thead>
					<tr>
						<th scope="col">Time, UTC</th>
						<th scope="col">Phase</th>
						<th scope="col">What it says</th>
					</tr>
				</thead>
				<tbody>
					{events.map(({ atMs, phase, text }, index) => (
						// Nothing else tells two events of a moment apart.
						<tr key={`${atMs} ${events.length - index}`}>
							<td class="mono">{clockText(atMs)}</td>
							<td>{phase}</td>
							<td>{text}</td>
						</tr>
					))}
				</tbody>
			</table>
		)}
	</Section>
);
