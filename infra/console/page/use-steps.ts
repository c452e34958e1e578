import { useState } from "preact/hooks";
import type { PodRow } from "../api.ts";
import { partsOf } from "./timeline-texts.ts";

/** A part of a bar that the arrow keys have come to. */
export type Step = Readonly<{
	key: string;
	/** What it meant then: a screen reader isn't told of each second. */
	said: string;
}>;

/** The way along a row's bar, from part to part. */
export function useSteps(row: PodRow | undefined, nowMs: number) {
	const [step, setStep] = useState<Step>();
	return {
		step,
		go(by: 1 | -1): void {
			if (row === undefined) return;
			const parts = partsOf(row, nowMs);
			const at = parts.findIndex(({ key }) => key === step?.key);
			const wanted = at < 0 && by < 0 ? parts.length - 1 : at + by;
			const next = parts[Math.min(parts.length - 1, Math.max(0, wanted))];
			if (next !== undefined) setStep({ key: next.key, said: next.text });
		},
		leave: () => setStep(undefined),
	};
}
