import { useMemo, useReducer, useRef } from "preact/hooks";
import type { PodRow } from "../api.ts";

export type CalmRows = Readonly<{
	rows: readonly PodRow[];
	/** Found, but not among the rows yet. */
	newcomers: readonly PodRow[];
	/** Shows what was found, in its order. */
	renew(): void;
}>;

/**
 * Rows that stay where they are while somebody reads them: what they say changes, which they are and their order don't.
 *
 * @param found the rows that are asked for, in the order that is asked for.
 * @param question what is asked for: another one is answered at once.
 * @param isRead whether they must stay.
 */
export function useCalmRows(
	pods: ReadonlyMap<string, PodRow>,
	found: readonly PodRow[],
	question: unknown,
	isRead: boolean,
): CalmRows {
	const [, redraw] = useReducer((times: number) => times + 1, 0);
	const shown = useRef({ question, order: found });
	// Of another run's pods none is left.
	const isThere = shown.current.order.some(({ uid }) => pods.has(uid));
	if (!isRead || !isThere || shown.current.question !== question)
		shown.current = { question, order: found };
	const { order } = shown.current;
	const calm = useMemo(() => {
		if (order === found) return { rows: found, newcomers: [] };
		const uids = new Set(order.map(({ uid }) => uid));
		return {
			rows: order.flatMap(({ uid }) => pods.get(uid) ?? []),
			newcomers: found.filter(({ uid }) => !uids.has(uid)),
		};
	}, [pods, found, order]);
	return {
		...calm,
		renew() {
			shown.current = { question, order: found };
			redraw(undefined);
		},
	};
}
