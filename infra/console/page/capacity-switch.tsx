import { useId, useState } from "preact/hooks";
import type { Switchboard } from "../api.ts";
import { FaultsAlert } from "./faults.tsx";
import { Section } from "./section.tsx";
import { useSwitch } from "./use-switch.ts";

/** Type, zone and way of buying, each of which may be a pattern. */
const examples = ["*/spot", "t3a.*", "*@us-east-1a", "c7*@us-east-1a/spot", "*"] as const;

const path = "/api/switchboard/capacity";

/** What the simulated EC2 has none of: more is taken away, and given back. */
export function CapacitySwitch({ away }: Readonly<{ away: Switchboard["withoutCapacity"] }>) {
	const { faults, send } = useSwitch();
	const [pattern, setPattern] = useState("");
	const id = useId();
	const take = async () => {
		const wanted = pattern.trim();
		if (wanted === "") return;
		const isTaken = await send("POST", path, { pattern: wanted });
		if (isTaken) setPattern("");
	};
	return (
		<Section title="Capacity">
			<form
				class="line"
				onSubmit={(event) => {
					event.preventDefault();
					void take();
				}}
			>
				<label>
					Has none of{" "}
					<input
						class="mono"
						value={pattern}
						placeholder="type@zone/spot"
						aria-describedby={id}
						aria-invalid={faults.length > 0}
						onInput={({ currentTarget }) => setPattern(currentTarget.value)}
					/>
				</label>
				<button type="submit">Take away</button>
			</form>
			<FaultsAlert faults={faults} />
			<p id={id} class="pale">
				For example{" "}
				{examples.map((example) => (
					<button
						key={example}
						type="button"
						class="quiet mono example"
						onClick={() => setPattern(example)}
					>
						{example}
					</button>
				))}
			</p>
			{away.length === 0 ? (
				<p>It has enough of everything.</p>
			) : (
				<ul class="plain" aria-label="What it has none of">
					{away.map((each) => (
						<li key={each.id} class="line">
							<code>{each.pattern}</code>
							<button
								type="button"
								onClick={() => void send("DELETE", `${path}/${encodeURIComponent(each.id)}`)}
							>
								Give back
							</button>
						</li>
					))}
				</ul>
			)}
		</Section>
	);
}
