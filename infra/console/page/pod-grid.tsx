import { useEffect, useRef, useState } from "preact/hooks";
import type { PodRow } from "../api.ts";
import { podName } from "./pod-filter.ts";
import { PodGridRow } from "./pod-grid-row.tsx";
import { TimeAxis, TimeLines } from "./time-axis.tsx";
import type { TimeWindow } from "./time-window.ts";
import { barText, partsOf } from "./timeline-texts.ts";
import { useSize } from "./use-size.ts";

type PodGridProps = Readonly<{
	rows: readonly PodRow[];
	nowMs: number;
	window: TimeWindow;
	selected: string | undefined;
	onOpen(uid: string): void;
}>;

/** As in timeline.css. */
const rowPx = 26;
const headPx = 24;
/** Above and below what is seen, so that scrolling shows no gaps. */
const spareRows = 6;

/** The pods' rows, of which only those that are seen are in the document. */
export function PodGrid({ rows, nowMs, window, selected, onOpen }: PodGridProps) {
	const [scroller, size] = useSize<HTMLDivElement>();
	const [scrollPx, setScrollPx] = useState(0);
	const [activeUid, setActiveUid] = useState<string>();
	const [part, setPart] = useState<number>();
	const [pointed, setPointed] = useState<Pointed>();
	const active = Math.max(
		0,
		rows.findIndex(({ uid }) => uid === (activeUid ?? selected)),
	);
	const activeRow = rows[active];
	const heightPx = size?.height ?? 600;
	const first = Math.max(0, Math.floor(scrollPx / rowPx) - spareRows);
	const last = Math.min(rows.length, Math.ceil((scrollPx + heightPx) / rowPx) + spareRows);

	const scrollTo = useRef((index: number) => {
		const element = scroller.current;
		if (element === null) return;
		const top = index * rowPx;
		const bottom = top + rowPx;
		if (top < element.scrollTop) element.scrollTop = top;
		const seenPx = element.clientHeight - headPx;
		if (bottom > element.scrollTop + seenPx) element.scrollTop = bottom - seenPx;
	});
	// A pod that is selected elsewhere, as by a link or by its launch, is shown as well.
	useEffect(() => {
		if (selected === undefined) return;
		setActiveUid(selected);
	}, [selected]);
	const goTo = (index: number) => {
		const bounded = Math.min(rows.length - 1, Math.max(0, index));
		setActiveUid(rows[bounded]?.uid);
		setPart(undefined);
		scrollTo.current(bounded);
	};
	const pageRows = Math.max(1, Math.floor(heightPx / rowPx) - 1);
	const parts = activeRow === undefined ? [] : partsOf(activeRow, nowMs);
	const stepTo = (by: number) =>
		setPart(Math.min(parts.length - 1, Math.max(0, (part ?? (by > 0 ? -1 : parts.length)) + by)));
	const keys: Readonly<Record<string, () => void>> = {
		ArrowDown: () => goTo(active + 1),
		ArrowUp: () => goTo(active - 1),
		PageDown: () => goTo(active + pageRows),
		PageUp: () => goTo(active - pageRows),
		Home: () => goTo(0),
		End: () => goTo(rows.length - 1),
		ArrowRight: () => stepTo(1),
		ArrowLeft: () => stepTo(-1),
		Enter: () => activeRow !== undefined && onOpen(activeRow.uid),
		" ": () => activeRow !== undefined && onOpen(activeRow.uid),
	};
	const onKeyDown = (event: KeyboardEvent) => {
		const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
		if (act === undefined) return;
		event.preventDefault();
		act();
	};
	const onClick = ({ target }: MouseEvent) => {
		const { uid } = pointedAt(target);
		if (uid === undefined) return;
		setActiveUid(uid);
		onOpen(uid);
	};
	const onMouseMove = ({ target }: MouseEvent) => {
		const next = pointedAt(target);
		if (next.uid !== pointed?.uid || next.says !== pointed?.says) setPointed(next);
	};
	const pointedRow = rows.find(({ uid }) => uid === pointed?.uid);
	const told = pointedRow ?? activeRow;
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
						aria-activedescendant={activeRow === undefined ? undefined : `row-${activeRow.uid}`}
						onKeyDown={onKeyDown}
						onClick={onClick}
						onMouseMove={onMouseMove}
						onMouseLeave={() => setPointed(undefined)}
					>
						<thead>
							<tr class="grid-head grid-columns">
								<th scope="col">Pod</th>
								<th scope="col">Phase</th>
								<th scope="col" class="number" aria-label="Attempt">
									#
								</th>
								<th scope="col" class="column-type">
									Type
								</th>
								<th scope="col" class="column-zone">
									Zone
								</th>
								<th scope="col" class="column-bought">
									Bought
								</th>
								<th scope="col" class="column-price number">
									USD/h
								</th>
								<th scope="col" aria-label="What it did, on a time axis in UTC">
									<TimeAxis window={window} />
								</th>
							</tr>
						</thead>
						<tbody style={{ height: `${rows.length * rowPx}px` }}>
							{rows.slice(first, last).map((row, at) => (
								<PodGridRow
									key={row.uid}
									row={row}
									index={first + at}
									topPx={(first + at) * rowPx}
									nowMs={nowMs}
									window={window}
									isActive={row === activeRow}
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

/** What the pointer is on. */
type Pointed = Readonly<{ uid: string | undefined; says: string | undefined }>;

function pointedAt(target: EventTarget | null): Pointed {
	if (!(target instanceof Element)) return { uid: undefined, says: undefined };
	const part = target.closest<HTMLElement>("[data-says]");
	return { uid: target.closest("tr")?.dataset["uid"], says: part?.dataset["says"] };
}

const partText = (parts: readonly Readonly<{ text: string }>[], at: number | undefined) =>
	at === undefined ? undefined : parts[at]?.text;

/** What the row's columns can't say. */
function rowText(row: PodRow, nowMs: number): string {
	const why = row.reason === undefined ? [] : [`${row.reason}: ${row.message ?? ""}`];
	const news = [...why, ...row.news];
	return news.length > 0 ? news.join(" · ") : barText(row, nowMs);
}
