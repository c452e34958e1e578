/** What has been looked at once and will be again, before anything is done about it. */
export type Sightings = Readonly<{
	/**
	 * Writes down that the subject was seen now.
	 *
	 * @param subject an instance id, say.
	 * @returns when it was first seen: now, unless it has been seen within `rememberedSeconds`.
	 */
	see(subject: string, signal: AbortSignal): Promise<Date>;
	/** The next sighting is the first one again. */
	forget(subject: string, signal: AbortSignal): Promise<void>;
}>;

/** What has not been seen for longer was gone meanwhile: it is seen for the first time again. */
export const rememberedSeconds = 3_600;
