import { TimeAxis } from "./time-axis.tsx";
import type { TimeWindow } from "./time-window.ts";

/** The columns' titles, and the times over the bars. */
export const PodGridHead = ({ window }: Readonly<{ window: TimeWindow }>) => (
	<thead>
		<tr class="grid-head grid-columns">
			<th scope="col">Pod</th>
			<th scope="col">Phase</th>
			<th scope="col" class="number" aria-label="Attempt">
				#
			</th>
			<th scope="col" class="column-type">
				Type
			</th>
			<th scope="col" class="column-zone">
				Zone
			</th>
			<th scope="col" class="column-bought">
				Bought
			</th>
			<th scope="col" class="column-price number">
				USD/h
			</th>
			<th scope="col" aria-label="What it did, on a time axis in UTC">
				<TimeAxis window={window} />
			</th>
		</tr>
	</thead>
);
