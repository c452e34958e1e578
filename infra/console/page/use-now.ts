import { useEffect, useState } from "preact/hooks";
import type { Picture } from "./picture.ts";

const tickMs = 250;
/** For who wants less to move. */
const calmTickMs = 2_000;

/** The server's time, which goes on while it is there; later it stands where the picture does. */
export function useNow({ clockAheadMs, lostMs }: Picture): number {
	const [nowMs, setNowMs] = useState(() => Date.now());
	const stands = lostMs !== undefined;
	useEffect(() => {
		if (stands) return;
		const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
		const timer = setInterval(() => setNowMs(Date.now()), calm ? calmTickMs : tickMs);
		return () => clearInterval(timer);
	}, [stands]);
	return lostMs ?? nowMs + clockAheadMs;
}
