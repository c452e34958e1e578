import type { PodRow } from "../api.ts";
import { doing } from "../pod-spans.ts";
import { usdText } from "./amount-text.ts";
import { glyphs } from "./phases.ts";
import { PodBar } from "./pod-bar.tsx";
import { podName } from "./pod-filter.ts";
import type { TimeWindow } from "./time-window.ts";

type PodGridRowProps = Readonly<{
	row: PodRow;
	/** From 0, among all rows that match; the titles' row comes before them. */
	index: number;
	topPx: number;
	nowMs: number;
	window: TimeWindow;
	isActive: boolean;
	isSelected: boolean;
}>;

export function PodGridRow(props: PodGridRowProps) {
	const { row, index, topPx, nowMs, window, isActive, isSelected } = props;
	const { offering, phase, attempt, uid } = row;
	const name = podName(row);
	return (
		<tr
			id={`row-${uid}`}
			data-uid={uid}
			data-pod={name}
			data-phase={phase}
			data-attempt={attempt}
			aria-rowindex={index + 2}
			aria-selected={isSelected}
			class={`row grid-columns ${isActive ? "row-active" : ""}`}
			style={{ top: `${topPx}px` }}
		>
			<td class="cut" title={name}>
				{name}
			</td>
			<td class="cut">
				<span aria-hidden="true" class={`glyph glyph-${doing[phase]}`}>
					{glyphs[doing[phase]]}
				</span>
				{phase}
			</td>
			<td class="number">{attempt > 0 ? attempt : ""}</td>
			<td class="column-type cut">{offering?.instanceType ?? ""}</td>
			<td class="column-zone cut">{offering?.zone ?? ""}</td>
			<td class="column-bought cut">{offering?.capacityType ?? ""}</td>
			<td class="column-price number">
				{offering === undefined ? "" : usdText(offering.hourlyUsd)}
			</td>
			<td class="column-bar">
				<PodBar row={row} nowMs={nowMs} window={window} />
			</td>
		</tr>
	);
}
