import type { JanitorPorts } from "./ports.ts";

/**
 * Whether the janitor has seen the same in an earlier run, long enough ago. Writes down the first sighting.
 *
 * The times are of the janitors' own clocks. One that is minutes ahead of the last one's acts so much earlier,
 * perhaps at the very next run; one that is behind acts so much later. Both are harmless: what is done after
 * the second sighting is right by the records as they are then, and this only keeps a hasty look from counting.
 */
export async function seenBefore(
	subject: string,
	{ sightings, config, now }: Pick<JanitorPorts, "sightings" | "config" | "now">,
	signal: AbortSignal,
): Promise<boolean> {
	const first = await sightings.see(subject, signal);
	return now().getTime() - first.getTime() >= config.janitor.secondSightingSeconds * 1000;
}
