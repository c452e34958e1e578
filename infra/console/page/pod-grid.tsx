import type { TargetedFocusEvent } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PodRow } from "../api.ts";
import { PodGridHead } from "./pod-grid-head.tsx";
import { PodGridRow } from "./pod-grid-row.tsx";
import { type Pointed, pointedAt } from "./pointed.ts";
import { TimeLines } from "./time-axis.tsx";
import type { TimeWindow } from "./time-window.ts";
import { Told } from "./told.tsx";
import { rowPx, useActiveRow } from "./use-active-row.ts";
import { useCalmRows } from "./use-calm-rows.ts";
import { useSize } from "./use-size.ts";
import { useSteps } from "./use-steps.ts";

type PodGridProps = Readonly<{
	pods: ReadonlyMap<string, PodRow>;
	/** Those that are asked for, in the order that is asked for. */
	found: readonly PodRow[];
	/** What is asked for. */
	question: unknown;
	nowMs: number;
	window: TimeWindow;
	selected: string | undefined;
	onOpen(uid: string): void;
}>;

/** Above and below what is seen, so that scrolling shows no gaps. */
const spareRows = 6;

/**
 * The pods' rows, of which only those that are seen are in the document. While somebody has scrolled, points at a row
 * or goes from row to row with the keys, none of them moves.
 */
export function PodGrid({ pods, found, question, nowMs, window, selected, onOpen }: PodGridProps) {
	const [scroller, size] = useSize<HTMLDivElement>();
	const [scrollPx, setScrollPx] = useState(0);
	const [hasKeys, setHasKeys] = useState(false);
	const [pointed, setPointed] = useState<Pointed>();
	const pointedRow = pointed === undefined ? undefined : pods.get(pointed.uid);
	const isRead = hasKeys || scrollPx > 0 || pointedRow !== undefined;
	const { rows, newcomers, renew } = useCalmRows(pods, found, question, isRead);
	// Somebody has just launched it.
	const isAwaited = newcomers.some(({ uid }) => uid === selected);
	useEffect(() => {
		if (isAwaited) renew();
	}, [isAwaited]);
	const active = useActiveRow(rows, selected, scroller);
	const { step, ...steps } = useSteps(active.row, nowMs);
	const heightPx = size?.height ?? 600;
	const first = Math.max(0, Math.floor(scrollPx / rowPx) - spareRows);
	const last = Math.min(rows.length, Math.ceil((scrollPx + heightPx) / rowPx) + spareRows);
	const pageRows = Math.max(1, Math.floor(heightPx / rowPx) - 1);

	const goTo = (index: number) => {
		active.goTo(index);
		steps.leave();
	};
	const open = () => active.row !== undefined && onOpen(active.row.uid);
	const keys: Readonly<Record<string, () => void>> = {
		ArrowDown: () => goTo(active.index + 1),
		ArrowUp: () => goTo(active.index - 1),
		PageDown: () => goTo(active.index + pageRows),
		PageUp: () => goTo(active.index - pageRows),
		Home: () => goTo(0),
		End: () => goTo(rows.length - 1),
		ArrowRight: () => steps.go(1),
		ArrowLeft: () => steps.go(-1),
		Enter: open,
		" ": open,
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.target !== event.currentTarget) return;
		const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
		if (act === undefined) return;
		event.preventDefault();
		setHasKeys(true);
		act();
	};
	/** Rows that came since may have moved the active one away. Not under a pointer, which is about to press a row. */
	const onFocus = ({ currentTarget }: TargetedFocusEvent<HTMLTableElement>) => {
		if (!currentTarget.matches(":focus-visible")) return;
		setHasKeys(true);
		active.goTo(active.index);
	};
	const onFocusOut = ({ currentTarget, relatedTarget }: TargetedFocusEvent<HTMLTableElement>) => {
		const isInside = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
		if (!isInside) setHasKeys(false);
	};
	const showNewcomers = () => {
		// The button that was pressed goes away. Before the rest, since a focus is for the row that was active.
		scroller.current?.querySelector("table")?.focus();
		renew();
		steps.leave();
		active.goTo(
			found.findIndex((row) => newcomers.includes(row)),
			found,
		);
	};
	const onClick = ({ target }: MouseEvent) => {
		const uid = pointedAt(target)?.uid;
		if (uid === undefined) return;
		goTo(rows.findIndex((row) => row.uid === uid));
		onOpen(uid);
	};
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
						onFocusOut={onFocusOut}
						onClick={onClick}
						// Not onMouseMove: rows also scroll under a pointer that stands still.
						onMouseOver={({ target }) => setPointed(pointedAt(target))}
						onMouseLeave={() => setPointed(undefined)}
					>
						<PodGridHead window={window} newcomers={newcomers.length} onNewcomers={showNewcomers} />
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
				{rows.length > 0 ? null : (
					<p class="none-found" role="status">
						None of {pods.size} {pods.size === 1 ? "pod" : "pods"} is as asked for.
					</p>
				)}
			</div>
			{pointedRow === undefined ? (
				<Told row={active.row} part={step?.key} nowMs={nowMs} />
			) : (
				<Told row={pointedRow} part={pointed?.part} nowMs={nowMs} />
			)}
			<p class="unseen" aria-live="polite">
				{step?.said}
			</p>
		</>
	);
}
