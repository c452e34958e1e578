import { useId, useState } from "preact/hooks";
import type { Switchboard } from "../api.ts";
import { FaultsAlert } from "./faults.tsx";
import { Section } from "./section.tsx";
import { useSwitch } from "./use-switch.ts";

/** What is switched; the rest stays. */
type Change = Readonly<Partial<Pick<Switchboard, "throttling" | "bootSeconds" | "neverBoots">>>;

/** As `useSwitch`, for a part of the switchboard's state. */
function useChange() {
	const { faults, send } = useSwitch();
	return {
		faults,
		change: async (to: Change): Promise<boolean> => await send("PATCH", "/api/switchboard", to),
	};
}

const rates = [
	{ value: 1, text: "EC2's own rates" },
	{ value: 0.5, text: "half of them" },
	{ value: 0.1, text: "a tenth" },
	{ value: false, text: "no throttling" },
] as const;

export function Throttling({ throttling }: Pick<Switchboard, "throttling">) {
	const { faults, change } = useChange();
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
							onChange={() => void change({ throttling: value })}
						/>{" "}
						{text}
					</label>
				))}
				{isListed ? null : <span>now: times {throttling}</span>}
			</fieldset>
			<FaultsAlert faults={faults} />
		</Section>
	);
}

export function Boots({
	switchboard: { bootSeconds, neverBoots },
}: Readonly<{ switchboard: Switchboard }>) {
	const { faults, change } = useChange();
	const [typed, setTyped] = useState<string>();
	const set = async () => {
		if (typed === undefined || typed.trim() === "") return;
		const isSet = await change({ bootSeconds: Number(typed) });
		if (isSet) setTyped(undefined);
	};
	return (
		<Section title="Boots of cells that are launched from now on">
			<form
				class="line"
				onSubmit={(event) => {
					event.preventDefault();
					void set();
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
					onChange={({ currentTarget }) => void change({ neverBoots: currentTarget.checked })}
				/>{" "}
				never come to an end
			</label>
			<FaultsAlert faults={faults} />
		</Section>
	);
}
