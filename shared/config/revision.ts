import { createHash } from "node:crypto";
import type { ProviderConfig } from "./provider.ts";

/** Settings that decide when something happens, never what a machine is asked for with. */
const withoutEffectOnLaunches: readonly string[] = [
	"bootTimeoutSeconds",
	"capacityTimeoutSeconds",
	// Its content counts, under whatever name.
	"cloudInitFile",
] satisfies (keyof ProviderConfig["cells"])[];

/** Enough to tell any two revisions of one deployment apart, short enough for a tag. */
const shownDigits = 12;

/**
 * Names the configuration that a cell was planned with: 12 hexadecimal digits.
 *
 * Two configurations of the same revision make the same user data and launch
 * requests from the same plan. Settings count by default: a new one that nobody
 * thought about changes the revision rather than a request behind it.
 */
export function revisionOf(config: ProviderConfig, cloudInitText: string | undefined): string {
	const cells = Object.fromEntries(
		Object.entries(config.cells).filter(([key]) => !withoutEffectOnLaunches.includes(key)),
	);
	const text = canonicalJson({ aws: config.aws, cells, cloudInit: cloudInitText });
	return createHash("sha256").update(text).digest("hex").slice(0, shownDigits);
}

/** JSON with sorted keys: the order in which somebody wrote them down means nothing. */
const canonicalJson = (value: unknown): string =>
	JSON.stringify(value, (_key, inner: unknown) =>
		typeof inner === "object" && inner !== null && !Array.isArray(inner)
			? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
			: inner,
	);
