import type { TargetedFocusEvent } from "preact";
import { useState } from "preact/hooks";
import type { PodRow } from "../api.ts";
import { podName } from "./pod-filter.ts";
import { PodGridHead } from "./pod-grid-head.tsx";
import { PodGridRow } from "./pod-grid-row.tsx";
import { type Pointed, pointedAt } from "./pointed.ts";
import { TimeLines } from "./time-axis.tsx";
import type { TimeWindow } from "./time-window.ts";
import { barText, partsOf } from "./timeline-texts.ts";
import { rowPx, useActiveRow } from "./use-active-row.ts";
import { useSize } from "./use-size.ts";

type PodGridProps = Readonly<{
	rows: readonly PodRow[];
	nowMs: number;
	window: TimeWindow;
	selected: string | undefined;
	onOpen(uid: string): void;
}>;

/** Above and below what is seen, so that scrolling shows no gaps. */
const spareRows = 6;

/** The pods' rows, of which only those that are seen are in the document. */
export function PodGrid({ rows, nowMs, window, selected, onOpen }: PodGridProps) {
	const [scroller, size] = useSize<HTMLDivElement>();
	const [scrollPx, setScrollPx] = useState(0);
	const active = useActiveRow(rows, selected, scroller);
	const [part, setPart] = useState<number>();
	const [pointed, setPointed] = useState<Pointed>();
	const heightPx = size?.height ?? 600;
	const first = Math.max(0, Math.floor(scrollPx / rowPx) - spareRows);
	const last = Math.min(rows.length, Math.ceil((scrollPx + heightPx) / rowPx) + spareRows);

	const goTo = (index: number) => {
		active.goTo(index);
		setPart(undefined);
	};
	const pageRows = Math.max(1, Math.floor(heightPx / rowPx) - 1);
	const parts = active.row === undefined ? [] : partsOf(active.row, nowMs);
	const stepTo = (by: number) =>
		setPart(Math.min(parts.length - 1, Math.max(0, (part ?? (by > 0 ? -1 : parts.length)) + by)));
	const open = () => active.row !== undefined && onOpen(active.row.uid);
	const keys: Readonly<Record<string, () => void>> = {
		ArrowDown: () => goTo(active.index + 1),
		ArrowUp: () => goTo(active.index - 1),
		PageDown: () => goTo(active.index + pageRows),
		PageUp: () => goTo(active.index - pageRows),
		Home: () => goTo(0),
		End: () => goTo(rows.length - 1),
		ArrowRight: () => stepTo(1),
		ArrowLeft: () => stepTo(-1),
		Enter: open,
		" ": open,
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
		if (act === undefined) return;
		event.preventDefault();
		act();
	};
	/** Rows that came since may have moved the active one away. Not under a pointer, which is about to press a row. */
	const onFocus = ({ currentTarget }: TargetedFocusEvent<HTMLTableElement>) => {
		if (currentTarget.matches(":focus-visible")) active.goTo(active.index);
	};
	const onClick = ({ target }: MouseEvent) => {
		const { uid } = pointedAt(target);
		if (uid === undefined) return;
		goTo(rows.findIndex((row) => row.uid === uid));
		onOpen(uid);
	};
	const onMouseMove = ({ target }: MouseEvent) => {
		const next = pointedAt(target);
		if (next.uid !== pointed?.uid || next.says !== pointed?.says) setPointed(next);
	};
	const pointedRow = rows.find(({ uid }) => uid === pointed?.uid);
	const told = pointedRow ?? active.row;
	const says = pointedRow === undefined ? partText(parts, part) : pointed?.says;
	return (
		<>
			<div class="grid">
				<TimeLines window={window} nowMs={nowMs} />
				<div
					ref={scroller}
					class="grid-scroller"
					onScroll={({ currentTarget }) => setScrollPx(currentTarget.scrollTop)}
				>
					<table
						class="grid-table"
						// biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose rows arrow keys go through
						role="grid"
						tabIndex={0}
						aria-label="Pods: arrow keys go from row to row and along a row, Enter opens"
						aria-rowcount={rows.length + 1}
						aria-activedescendant={active.row === undefined ? undefined : `row-${active.row.uid}`}
						onKeyDown={onKeyDown}
						onFocus={onFocus}
						onClick={onClick}
						onMouseMove={onMouseMove}
						onMouseLeave={() => setPointed(undefined)}
					>
						<PodGridHead window={window} />
						<tbody style={{ height: `${rows.length * rowPx}px` }}>
							{rows.slice(first, last).map((row, at) => (
								<PodGridRow
									key={row.uid}
									row={row}
									index={first + at}
									topPx={(first + at) * rowPx}
									nowMs={nowMs}
									window={window}
									isActive={row === active.row}
									isSelected={row.uid === selected}
								/>
							))}
						</tbody>
					</table>
				</div>
			</div>
			<p class="told" aria-live="polite">
				{told === undefined ? (
					"No pod is like that."
				) : (
					<>
						<b>{podName(told)}</b> {says ?? rowText(told, nowMs)}
					</>
				)}
			</p>
		</>
	);
}

const partText = (parts: readonly Readonly<{ text: string }>[], at: number | undefined) =>
	at === undefined ? undefined : parts[at]?.text;

/** What the row's columns can't say. */
function rowText(row: PodRow, nowMs: number): string {
	const why = row.reason === undefined ? [] : [`${row.reason}: ${row.message ?? ""}`];
	const news = [...why, ...row.news];
	return news.length > 0 ? news.join(" · ") : barText(row, nowMs);
}
