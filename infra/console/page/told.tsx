import type { PodRow } from "../api.ts";
import { podName } from "./pod-filter.ts";
import { partsOf, rowText } from "./timeline-texts.ts";

type ToldProps = Readonly<{
	/** Undefined: there is none to tell of. */
	row: PodRow | undefined;
	/** Of its bar; otherwise it is about the whole row. */
	part: string | undefined;
	nowMs: number;
}>;

/** What the row or the part means that somebody points at: two lines at most, and always as high. */
export function Told({ row, part, nowMs }: ToldProps) {
	if (row === undefined) return <p class="told" />;
	const text = partsOf(row, nowMs).find(({ key }) => key === part)?.text ?? rowText(row, nowMs);
	return (
		<p class="told">
			<b>{podName(row)}</b> {text}
		</p>
	);
}
