import { useState } from "preact/hooks";
import type { Refused } from "../api.ts";
import { ask } from "./ask.ts";

/** A way to move a switch, and what was wrong with the last try. */
export function useSwitch() {
	const [faults, setFaults] = useState<Refused["faults"]>([]);
	return {
		faults,
		/** @returns whether it was done. */
		async send(...request: Parameters<typeof ask>): Promise<boolean> {
			const answer = await ask(...request);
			setFaults(answer.outcome === "refused" ? answer.faults : []);
			return answer.outcome === "done";
		},
	};
}
