import { palette } from "../../dashboards/theme.ts";
import type { ColorScheme } from "./color-scheme.ts";

/** For a dark page, of the same maker: https://personal.sron.nl/~pault/, the light scheme. */
const onDark: readonly string[] = [
	"#77aadd",
	"#ee8866",
	"#44bb99",
	"#eedd88",
	"#99ddff",
	"#ffaabb",
	"#dddddd",
	"#bbcc33",
	"#ffffff",
	"#aaaa00",
];

/** Colours that people tell apart, also those who see no red or green. */
export const lineColor = (index: number, scheme: ColorScheme): string => {
	const colors = scheme === "dark" ? onDark : palette;
	return colors[index % colors.length] ?? "#777777";
};

/** Of CSS pixels, drawn and left out; lines differ by it as well as by their colour. */
const dashes: readonly (readonly number[])[] = [[], [7, 3], [2, 3], [9, 3, 2, 3]];
export const lineDash = (index: number): number[] => [...(dashes[index % dashes.length] ?? [])];

/** What uPlot draws itself, as in colors.css. */
export const plotColors = {
	light: { grid: "#e3e7ea", ink: "#545b64" },
	dark: { grid: "#2b3440", ink: "#a9b4c0" },
} as const satisfies Record<ColorScheme, Readonly<{ grid: string; ink: string }>>;
