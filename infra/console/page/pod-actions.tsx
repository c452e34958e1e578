import { useState } from "preact/hooks";
import type { Interrupt, PodRow, Refused } from "../api.ts";
import { type Answer, ask, podPath } from "./ask.ts";
import { ConfirmedButton } from "./confirmed-button.tsx";
import { FaultsAlert } from "./faults.tsx";
import { podName } from "./pod-filter.ts";
import { possibleActions } from "./possible-actions.ts";

/** Seconds from EC2's warning to the end; its own come first. */
const warnings = [120, 30, 10, 2] as const;

/** What can be done to a pod, each asked about before it is done. */
export function PodActions({ row }: Readonly<{ row: PodRow }>) {
	const [warningSeconds, setWarningSeconds] = useState<number>(warnings[0]);
	const [faults, setFaults] = useState<Refused["faults"]>([]);
	const why = possibleActions(row);
	const path = podPath(row.uid);
	const doing = (request: () => Promise<Answer<undefined>>) => async () => {
		const answer = await request();
		setFaults(answer.outcome === "refused" ? answer.faults : []);
	};
	const interrupt: Interrupt = { warningSeconds };
	return (
		<fieldset class="actions" aria-label="What can be done to it">
			<ConfirmedButton
				label="Interrupt"
				question={`EC2 takes ${row.instanceId ?? "it"} back?`}
				yes="Yes, interrupt"
				whyNot={why.interrupt}
				onConfirmed={doing(() => ask("POST", `${path}/interrupt`, interrupt))}
			>
				<label>
					warned{" "}
					<select
						value={warningSeconds}
						onChange={({ currentTarget: { value } }) => setWarningSeconds(Number(value))}
					>
						{warnings.map((seconds) => (
							<option key={seconds} value={seconds}>
								{seconds} s
							</option>
						))}
					</select>{" "}
					before
				</label>
			</ConfirmedButton>
			<ConfirmedButton
				label="End its instance"
				question={`Somebody else ends ${row.instanceId ?? "it"}?`}
				yes="Yes, end it"
				whyNot={why.end}
				onConfirmed={doing(() => ask("POST", `${path}/end`))}
			/>
			<ConfirmedButton
				label="Delete the pod"
				question={`Delete ${podName(row)}?`}
				yes="Yes, delete"
				whyNot={why.delete}
				onConfirmed={doing(() => ask("DELETE", path))}
			/>
			<FaultsAlert faults={faults} />
		</fieldset>
	);
}
