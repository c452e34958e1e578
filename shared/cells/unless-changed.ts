import { isConflict } from "../errors.ts";

/**
 * What a conditional write came to.
 *
 * @returns undefined after a lost race: somebody has written the record since it was read.
 */
export async function unlessChanged<Saved>(saving: Promise<Saved>): Promise<Saved | undefined> {
	try {
		return await saving;
	} catch (error) {
		if (isConflict(error)) return undefined;
		throw error;
	}
}
