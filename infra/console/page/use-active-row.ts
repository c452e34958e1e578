import type { RefObject } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { PodRow } from "../api.ts";

/** As in timeline.css. */
export const rowPx = 26;
const headPx = 24;

/** The row that the keys are about, which is always seen. */
export type ActiveRow = Readonly<{
	/** Among the rows, from 0; 0 where there is none. */
	index: number;
	row: PodRow | undefined;
	/** To a row, or the nearest one that there is; also among those that will be there next. */
	goTo(index: number, among?: readonly PodRow[]): void;
}>;

/** @param selected is active as well, as soon as it is among the rows: after a link, after its launch. */
export function useActiveRow(
	rows: readonly PodRow[],
	selected: string | undefined,
	scroller: RefObject<HTMLElement | null>,
): ActiveRow {
	const [uid, setUid] = useState<string>();
	const index = Math.max(
		0,
		rows.findIndex((row) => row.uid === uid),
	);
	const goTo = (wanted: number, among = rows) => {
		const bounded = Math.min(among.length - 1, Math.max(0, wanted));
		setUid(among[bounded]?.uid);
		if (scroller.current !== null) scrollTo(scroller.current, bounded);
	};
	const selectedIndex = rows.findIndex((row) => row.uid === selected);
	const isThere = selectedIndex >= 0;
	// Not with each change of the rows: somebody may have gone on since.
	useEffect(() => {
		if (isThere) goTo(selectedIndex);
	}, [selected, isThere]);
	return { index, row: rows[index], goTo };
}

/** No further than is needed to see the whole row. */
function scrollTo(element: HTMLElement, index: number): void {
	const top = index * rowPx;
	const seenPx = element.clientHeight - headPx;
	if (top < element.scrollTop) element.scrollTop = top;
	if (top + rowPx > element.scrollTop + seenPx) element.scrollTop = top + rowPx - seenPx;
}
