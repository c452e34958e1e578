import { useId, useState } from "preact/hooks";
import type { Refused, Switchboard } from "../api.ts";
import { ask } from "./ask.ts";
import { Faults } from "./faults.tsx";
import { Section } from "./section.tsx";
import { clockText } from "./time-window.ts";

type Change = Readonly<Partial<Pick<Switchboard, "throttling" | "bootSeconds" | "neverBoots">>>;

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
			<Capacity
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

/** Type, zone and way of buying, each of which may be a pattern. */
const examples = ["*/spot", "t3a.*", "*@us-east-1a", "c7*@us-east-1a/spot", "*"] as const;

type CapacityProps = Readonly<{
	away: Switchboard["withoutCapacity"];
	onTake(pattern: string): Promise<void>;
	onGive(id: string): Promise<void>;
}>;

function Capacity({ away, onTake, onGive }: CapacityProps) {
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

type SwitchProps = Readonly<{ onChange(change: Change): Promise<void> }>;

const rates = [
	{ value: 1, text: "EC2's own rates" },
	{ value: 0.5, text: "half of them" },
	{ value: 0.1, text: "a tenth" },
	{ value: false, text: "no throttling" },
] as const;

function Throttling({
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

function Boots({
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
