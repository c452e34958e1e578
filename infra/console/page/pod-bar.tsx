import type { PodRow } from "../api.ts";
import { glyphs } from "./phases.ts";
import { extentOf, shareOf, type TimeWindow } from "./time-window.ts";
import { barText, markKey, spanKey } from "./timeline-texts.ts";

type PodBarProps = Readonly<{
	row: PodRow;
	nowMs: number;
	window: TimeWindow;
}>;

/** A pod's life as a bar on the time axis; each part of it bears its key for who points at it. */
export function PodBar({ row, nowMs, window }: PodBarProps) {
	return (
		<div class="bar" role="img" aria-label={barText(row)}>
			{row.spans.map(({ what, attempt, fromMs, toMs }, index) => {
				const extent = extentOf(fromMs, toMs ?? nowMs, window);
				if (extent === undefined) return null;
				const isNext = attempt > 1 && row.spans[index - 1]?.attempt !== attempt;
				return (
					<span
						key={spanKey(index)}
						class={`span span-${what} ${isNext ? "span-next" : ""}`}
						style={{ left: `${extent.left}%`, width: `${extent.width}%` }}
						data-part={spanKey(index)}
					/>
				);
			})}
			{row.marks.map((mark, index) => {
				const share = shareOf(mark.atMs, window);
				if (share < 0 || share > 1) return null;
				return (
					<span
						key={markKey(index)}
						class={`mark mark-${mark.what}`}
						style={{ left: `${share * 100}%` }}
						data-part={markKey(index)}
					>
						{glyphs[mark.what]}
					</span>
				);
			})}
		</div>
	);
}
