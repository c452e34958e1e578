import { createHash } from "node:crypto";

/** The next id of a kind, such as `i-0123456789abcdef0`. */
export type Ids = (kind: "i" | "r" | "eni" | "vol") => string;

/** Ids that look like EC2's; equal seeds give equal ids in the same order. */
export function seededIds(seed: string): Ids {
	let count = 0;
	return (kind) => {
		count += 1;
		const digest = createHash("sha256").update(`${seed}|${kind}|${count}`).digest("hex");
		return `${kind}-0${digest.slice(0, 16)}`;
	};
}
