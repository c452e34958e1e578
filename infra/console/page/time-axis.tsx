import { shareOf, type TimeWindow, ticksOf } from "./time-window.ts";
import { useSize } from "./use-size.ts";

/** Room for a time and the space around it. */
const tickPx = 84;
const halfTextPx = 32;
/** At the axis' beginning, for the zone. */
const zonePx = 30;

/** The times over the bars. */
export function TimeAxis({ window }: Readonly<{ window: TimeWindow }>) {
	const [ref, size] = useSize<HTMLSpanElement>();
	const width = size?.width ?? 0;
	const fits = (share: number) =>
		share * width >= zonePx + halfTextPx && (1 - share) * width >= halfTextPx;
	return (
		<span ref={ref} class="axis">
			<span class="axis-zone">UTC</span>
			{ticksOf(window, Math.max(1, Math.floor(width / tickPx)))
				.map(({ atMs, text }) => ({ text, share: shareOf(atMs, window) }))
				.filter(({ share }) => fits(share))
				.map(({ text, share }) => (
					<span key={text} class="axis-time" style={{ left: `${share * 100}%` }}>
						{text}
					</span>
				))}
		</span>
	);
}

/** The same times as lines behind the bars, and now. */
export function TimeLines({ window, nowMs }: Readonly<{ window: TimeWindow; nowMs: number }>) {
	const [ref, size] = useSize<HTMLSpanElement>();
	const most = Math.max(1, Math.floor((size?.width ?? 0) / tickPx));
	return (
		<div class="grid-lines grid-columns" aria-hidden="true">
			<span ref={ref} class="lines">
				{ticksOf(window, most).map(({ atMs }) => (
					<span key={atMs} class="line-mark" style={{ left: `${shareOf(atMs, window) * 100}%` }} />
				))}
				<span class="line-mark line-now" style={{ left: `${shareOf(nowMs, window) * 100}%` }} />
			</span>
		</div>
	);
}
