import { useId, useState } from "preact/hooks";
import type { Switchboard } from "../api.ts";
import { Section } from "./section.tsx";

/** Type, zone and way of buying, each of which may be a pattern. */
const examples = ["*/spot", "t3a.*", "*@us-east-1a", "c7*@us-east-1a/spot", "*"] as const;

type CapacityProps = Readonly<{
	away: Switchboard["withoutCapacity"];
	onTake(pattern: string): Promise<void>;
	onGive(id: string): Promise<void>;
}>;

/** What the simulated EC2 has none of: more is taken away, and given back. */
export function CapacitySwitch({ away, onTake, onGive }: CapacityProps) {
	const [pattern, setPattern] = useState("");
	const id = useId();
	return (
		<Section title="Capacity">
			<form
				class="line"
				onSubmit={(event) => {
					event.preventDefault();
					if (pattern.trim() === "") return;
					void onTake(pattern.trim());
					setPattern("");
				}}
			>
				<label>
					Has none of{" "}
					<input
						class="mono"
						value={pattern}
						placeholder="type@zone/spot"
						aria-describedby={id}
						onInput={({ currentTarget }) => setPattern(currentTarget.value)}
					/>
				</label>
				<button type="submit">Take away</button>
			</form>
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
							<button type="button" onClick={() => void onGive(each.id)}>
								Give back
							</button>
						</li>
					))}
				</ul>
			)}
		</Section>
	);
}
