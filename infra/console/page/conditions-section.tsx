import type { PodDetail } from "../api.ts";
import { Section } from "./section.tsx";
import { clockText } from "./time-window.ts";

/** The pod's conditions as Kubernetes would show them. */
export const ConditionsSection = ({
	conditions,
}: Readonly<{ conditions: PodDetail["story"]["conditions"] }>) =>
	conditions.length === 0 ? null : (
		<Section title="Conditions">
			<table class="table">
				<thead>
					<tr>
						<th scope="col">Type</th>
						<th scope="col">Status</th>
						<th scope="col">Since, UTC</th>
						<th scope="col">Reason</th>
						<th scope="col">Message</th>
					</tr>
				</thead>
				<tbody>
					{conditions.map(({ type, status, lastTransitionTime, reason, message }) => (
						<tr key={type}>
							<td>{type}</td>
							<td>{status}</td>
							<td class="mono">{clockText(Date.parse(lastTransitionTime))}</td>
							<td>{reason}</td>
							<td>{message}</td>
						</tr>
					))}
				</tbody>
			</table>
		</Section>
	);
