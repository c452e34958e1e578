import type { Phase } from "../../../shared/cells/model.ts";
import type { Mark, Span } from "../api.ts";

type What = Span["what"] | Mark["what"];

export const phases: readonly Phase[] = [
	"Scheduled",
	"Launching",
	"Booting",
	"Ready",
	"Terminating",
	"Terminated",
	"Failed",
];

/** Told apart without their colours, also in black and white. */
export const glyphs = {
	waiting: "○",
	launching: "◔",
	booting: "◑",
	ready: "●",
	ending: "◌",
	ended: "–",
	failed: "✕",
	refused: "▲",
	warned: "◆",
	lost: "✖",
} as const satisfies Record<What, string>;
