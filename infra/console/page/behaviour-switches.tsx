import { useId, useState } from "preact/hooks";
import type { Switchboard } from "../api.ts";
import { Section } from "./section.tsx";

/** What is switched; the rest stays. */
export type Change = Readonly<
	Partial<Pick<Switchboard, "throttling" | "bootSeconds" | "neverBoots">>
>;

type SwitchProps = Readonly<{ onChange(change: Change): Promise<void> }>;

const rates = [
	{ value: 1, text: "EC2's own rates" },
	{ value: 0.5, text: "half of them" },
	{ value: 0.1, text: "a tenth" },
	{ value: false, text: "no throttling" },
] as const;

export function Throttling({
	throttling,
	onChange,
}: SwitchProps & Readonly<{ throttling: Switchboard["throttling"] }>) {
	const name = useId();
	const isListed = rates.some(({ value }) => value === throttling);
	return (
		<Section title="Request rate">
			<fieldset class="line" aria-label="How many requests EC2 lets through">
				{rates.map(({ value, text }) => (
					<label key={text}>
						<input
							type="radio"
							name={name}
							checked={throttling === value}
							onChange={() => void onChange({ throttling: value })}
						/>{" "}
						{text}
					</label>
				))}
				{isListed ? null : <span>now: times {throttling}</span>}
			</fieldset>
		</Section>
	);
}

export function Boots({
	switchboard: { bootSeconds, neverBoots },
	onChange,
}: SwitchProps & Readonly<{ switchboard: Switchboard }>) {
	const [typed, setTyped] = useState<string>();
	return (
		<Section title="Boots of cells that are launched from now on">
			<form
				class="line"
				onSubmit={(event) => {
					event.preventDefault();
					if (typed === undefined || typed.trim() === "") return;
					void onChange({ bootSeconds: Number(typed) });
					setTyped(undefined);
				}}
			>
				<label>
					take{" "}
					<input
						class="short"
						type="number"
						min="0.1"
						step="any"
						value={typed ?? String(bootSeconds)}
						onInput={({ currentTarget }) => setTyped(currentTarget.value)}
					/>{" "}
					seconds (median)
				</label>
				<button type="submit">Set</button>
			</form>
			<label>
				<input
					type="checkbox"
					checked={neverBoots}
					onChange={({ currentTarget }) => void onChange({ neverBoots: currentTarget.checked })}
				/>{" "}
				never come to an end
			</label>
		</Section>
	);
}
