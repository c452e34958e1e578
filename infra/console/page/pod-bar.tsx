import type { PodRow } from "../api.ts";
import { glyphs } from "./phases.ts";
import { extentOf, shareOf, type TimeWindow } from "./time-window.ts";
import { barText, markText, spanText } from "./timeline-texts.ts";

type PodBarProps = Readonly<{
	row: PodRow;
	nowMs: number;
	window: TimeWindow;
}>;

/** A pod's life as a bar on the time axis; each part of it bears what it says to who points at it. */
export function PodBar({ row, nowMs, window }: PodBarProps) {
	return (
		<div class="bar" role="img" aria-label={barText(row, nowMs)}>
			{row.spans.map((span, index) => {
				const { what, attempt, fromMs, toMs } = span;
				const extent = extentOf(fromMs, toMs ?? nowMs, window);
				if (extent === undefined) return null;
				const isNext = attempt > 1 && row.spans[index - 1]?.attempt !== attempt;
				return (
					<span
						key={`${what} ${fromMs}`}
						class={`span span-${what} ${isNext ? "span-next" : ""}`}
						style={{ left: `${extent.left}%`, width: `${extent.width}%` }}
						data-says={spanText(span, nowMs)}
					/>
				);
			})}
			{row.marks.map((mark) => {
				const share = shareOf(mark.atMs, window);
				if (share < 0 || share > 1) return null;
				return (
					<span
						key={`${mark.what} ${mark.atMs}`}
						class={`mark mark-${mark.what}`}
						style={{ left: `${share * 100}%` }}
						data-says={markText(mark)}
					>
						{glyphs[mark.what]}
					</span>
				);
			})}
		</div>
	);
}
