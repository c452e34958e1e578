/** Amounts as people read them in decisions. */

/** `512 MiB`, `7.5 GiB`, `29.6 TiB`: one decimal at most. */
export function memoryText(mib: number): string {
	if (mib >= 1_024 * 1_024) return `${oneDecimal(mib / (1_024 * 1_024))} TiB`;
	if (mib >= 1_024) return `${oneDecimal(mib / 1_024)} GiB`;
	return `${mib} MiB`;
}

/** `0.25 vCPU`, to the thousandth. */
export const cpuText = (millis: number): string => `${millis / 1_000} vCPU`;

/** `0.0376 USD/h`, to the millionth. */
export const hourlyText = (microUsd: number): string => `${microUsd / 1e6} USD/h`;

/** `1 offering`, `12 offerings`. */
export const counted = (count: number, noun: string): string =>
	`${count} ${noun}${count === 1 ? "" : "s"}`;

/** Text of at most so many UTF-16 units, with an ellipsis where it was cut. */
export const clipped = (text: string, most: number): string =>
	text.length <= most ? text : `${text.slice(0, most - 1)}…`;

/** Rounded down, so that an amount never looks larger than it is. */
const oneDecimal = (value: number): number => Math.floor(value * 10) / 10;
