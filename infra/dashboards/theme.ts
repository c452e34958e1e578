/** A light page, and colours that people tell apart, also those who see no red or green (after Paul Tol). */
export const theme = {
	page: "#f2f3f3",
	card: "#ffffff",
	edge: "#d5dbdb",
	grid: "#e9ebed",
	ink: "#16191f",
	pale: "#687078",
} as const;

/** @see https://personal.sron.nl/~pault/ */
export const palette: readonly string[] = [
	"#4477aa",
	"#ee6677",
	"#228833",
	"#ccbb44",
	"#66ccee",
	"#aa3377",
	"#777777",
	"#ee8866",
	"#000000",
	"#99ddbb",
];
