import { useEffect, useRef, useState } from "preact/hooks";
import type { PodRow } from "../api.ts";
import { podName } from "./pod-filter.ts";

/** Between two announcements: a screen reader must be able to finish. */
const pauseMs = 2_500;
const mostNames = 3;

/** Says, for who can't see it, which pods have changed their phase. */
export function Announcer({ pods }: Readonly<{ pods: ReadonlyMap<string, PodRow> }>) {
	const [said, say] = useState("");
	const current = useRef(pods);
	current.current = pods;
	useEffect(() => {
		let told = current.current;
		const timer = setInterval(() => {
			const changed = changesBetween(told, current.current);
			told = current.current;
			if (changed.length > 0) say(changesText(changed));
		}, pauseMs);
		return () => clearInterval(timer);
	}, []);
	return (
		<p class="unseen" role="status">
			{said}
		</p>
	);
}

const changesBetween = (
	before: ReadonlyMap<string, PodRow>,
	after: ReadonlyMap<string, PodRow>,
): readonly PodRow[] =>
	before === after
		? []
		: [...after.values()].filter((row) => before.get(row.uid)?.phase !== row.phase);

const changesText = (changed: readonly PodRow[]): string =>
	changed.length > mostNames
		? `${changed.length} pods have changed their phase`
		: changed.map((row) => `${podName(row)} is ${row.phase}`).join("; ");
