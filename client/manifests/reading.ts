import type * as z from "zod";
import { pathText } from "../../shared/pods/faults.ts";
import type { ManifestFault } from "../errors.ts";

/** How the objects of a text are read. */
export type Reading = Readonly<{
	/** Of all objects; undefined: each its own. */
	namespace: string | undefined;
	newUid: () => string;
	/** Whether pods come out too that no deployment would launch, rather than their faults. */
	withHopeless: boolean;
	/** So many pods may still come. */
	most: number;
	/** Hears of a fault, at a path of the object. */
	tell(path: readonly PropertyKey[], fault: ManifestFault): void;
	/** Hears what people should know. */
	note(text: string): void;
}>;

/** What is known of an object, whatever its kind. */
export type Known = Readonly<{
	/** `Deployment web`. */
	object: string;
	kind: string;
	namespace: string;
}>;

/** Tells what a schema has found. */
export function tellIssues(
	issues: readonly z.core.$ZodIssue[],
	object: string | undefined,
	{ tell }: Reading,
): void {
	for (const { path, message } of issues)
		tell(path, {
			...(object === undefined ? {} : { object }),
			path: pathText(path),
			problem: message,
		});
}
