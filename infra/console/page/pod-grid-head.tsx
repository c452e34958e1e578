import { TimeAxis } from "./time-axis.tsx";
import type { TimeWindow } from "./time-window.ts";

type PodGridHeadProps = Readonly<{
	window: TimeWindow;
	/** How many pods are kept back while somebody reads. */
	newcomers: number;
	onNewcomers(): void;
}>;

/** The columns' titles, and the times over the bars. */
export const PodGridHead = ({ window, newcomers, onNewcomers }: PodGridHeadProps) => (
	<thead>
		<tr class="grid-head grid-columns">
			<th scope="col" class="cut">
				Pod{" "}
				{newcomers === 0 ? null : (
					<button type="button" class="main-button newcomers" onClick={onNewcomers}>
						show {newcomers} new
					</button>
				)}
			</th>
			<th scope="col">Phase</th>
			<th scope="col" class="number">
				Attempt
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
