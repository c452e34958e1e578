import { useState } from "preact/hooks";
import type { Refused, Switchboard } from "../api.ts";
import { ask } from "./ask.ts";
import { Boots, type Change, Throttling } from "./behaviour-switches.tsx";
import { CapacitySwitch } from "./capacity-switch.tsx";
import { Faults } from "./faults.tsx";
import { Section } from "./section.tsx";
import { clockText } from "./time-window.ts";

/** What the simulated EC2 can be told to do, to see what the system makes of it. */
export function SwitchboardView({
	switchboard,
}: Readonly<{ switchboard: Switchboard | undefined }>) {
	const [faults, setFaults] = useState<Refused["faults"]>([]);
	const send = async (...request: Parameters<typeof ask>) => {
		const answer = await ask(...request);
		setFaults(answer.outcome === "refused" ? answer.faults : []);
	};
	const change = (body: Change) => send("PATCH", "/api/switchboard", body);
	if (switchboard === undefined) return <p>Asking how the switches stand…</p>;
	return (
		<div class="switchboard">
			<h2>Switchboard</h2>
			<p class="pale">
				What the simulated EC2 does from now on. Cells that run are interrupted and ended in their
				pods' panels.
			</p>
			{faults.length === 0 ? null : (
				<div role="alert">
					<Faults faults={faults} />
				</div>
			)}
			<CapacitySwitch
				away={switchboard.withoutCapacity}
				onTake={(pattern) => send("POST", "/api/switchboard/capacity", { pattern })}
				onGive={(id) => send("DELETE", `/api/switchboard/capacity/${encodeURIComponent(id)}`)}
			/>
			<Throttling throttling={switchboard.throttling} onChange={change} />
			<Boots switchboard={switchboard} onChange={change} />
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
