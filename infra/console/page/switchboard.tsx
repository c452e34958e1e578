import type { Switchboard } from "../api.ts";
import { Boots, Throttling } from "./behaviour-switches.tsx";
import { CapacitySwitch } from "./capacity-switch.tsx";
import { Section } from "./section.tsx";
import { clockText } from "./time-window.ts";

/** What the simulated EC2 can be told to do, to see what the system makes of it. */
export function SwitchboardView({
	switchboard,
}: Readonly<{ switchboard: Switchboard | undefined }>) {
	if (switchboard === undefined) return <p>Asking how the switches stand…</p>;
	return (
		<div class="switchboard">
			<h2>Switchboard</h2>
			<p class="pale">
				What the simulated EC2 does from now on. Cells that run are interrupted and ended in their
				pods' panels.
			</p>
			<CapacitySwitch away={switchboard.withoutCapacity} />
			<Throttling throttling={switchboard.throttling} />
			<Boots switchboard={switchboard} />
			<Log log={switchboard.log} />
		</div>
	);
}

const Log = ({ log }: Readonly<{ log: Switchboard["log"] }>) => (
	<Section title="What was switched, newest first">
		{log.length === 0 ? (
			<p class="pale">nothing yet</p>
		) : (
			<ol class="plain log" aria-live="polite">
				{log.map(({ atMs, text }, index) => (
					<li key={`${atMs} ${log.length - index}`}>
						<span class="mono">{clockText(atMs)}</span> {text}
					</li>
				))}
			</ol>
		)}
	</Section>
);
