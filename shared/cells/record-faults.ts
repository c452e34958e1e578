import type * as z from "zod";

/** Why a record isn't one of this version's, for people, with none of what stands there. It may be long. */
export const recordFaults = ({ issues }: z.ZodError): string =>
	issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ");
