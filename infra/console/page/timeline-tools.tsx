import { glyphs, phases } from "./phases.ts";
import type { PodFilter } from "./pod-filter.ts";
import { type WindowLength, windowLengths } from "./time-window.ts";

type ToolsProps = Readonly<{
	filter: PodFilter;
	onFilter(filter: PodFilter): void;
	length: WindowLength;
	onLength(length: WindowLength): void;
	shown: number;
	all: number;
}>;

/** What is shown of the timeline, and what its signs mean. */
export function TimelineTools({ filter, onFilter, length, onLength, shown, all }: ToolsProps) {
	return (
		<div class="tools">
			<search class="tools-line">
				<label>
					Find{" "}
					<input
						type="search"
						value={filter.text}
						placeholder="name, type, zone…"
						onInput={({ currentTarget }) => onFilter({ ...filter, text: currentTarget.value })}
					/>
				</label>
				<label>
					Phase{" "}
					<select
						value={filter.phase}
						onChange={({ currentTarget: { value } }) =>
							onFilter({ ...filter, phase: phases.find((each) => each === value) ?? "any" })
						}
					>
						<option value="any">any</option>
						{phases.map((phase) => (
							<option key={phase}>{phase}</option>
						))}
					</select>
				</label>
				<label>
					Order{" "}
					<select
						value={filter.order}
						onChange={({ currentTarget: { value } }) =>
							onFilter({ ...filter, order: value === "name" ? "name" : "newest" })
						}
					>
						<option value="newest">newest first</option>
						<option value="name">by name</option>
					</select>
				</label>
				<label>
					Last{" "}
					<select
						value={length}
						onChange={({ currentTarget: { value } }) =>
							onLength(windowLengths.find((each) => each === value) ?? "5")
						}
					>
						{windowLengths.map((each) => (
							<option key={each} value={each}>
								{each === "all" ? "everything" : `${each} minutes`}
							</option>
						))}
					</select>
				</label>
				<span class="pale">
					{shown === all ? "" : `${shown} of `}
					{all} {all === 1 ? "pod" : "pods"}
				</span>
			</search>
			<Legend />
		</div>
	);
}

const spans = ["waiting", "launching", "booting", "ready", "ending", "ended", "failed"] as const;
const marks = ["refused", "warned", "lost"] as const;

const Legend = () => (
	<ul class="legend" aria-label="What the signs mean">
		{spans.map((what) => (
			<li key={what}>
				<span aria-hidden="true" class={`swatch span-${what}`} /> {what}
			</li>
		))}
		{marks.map((what) => (
			<li key={what}>
				<span aria-hidden="true" class={`mark-${what}`}>
					{glyphs[what]}
				</span>{" "}
				{what}
			</li>
		))}
		<li>
			<span aria-hidden="true" class="swatch swatch-next" /> next attempt
		</li>
	</ul>
);
