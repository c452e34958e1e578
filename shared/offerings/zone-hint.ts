/**
 * The zones in which EC2 has what it refuses, where its words name them: it knows, and asking the others
 * would only cost requests.
 *
 * @returns undefined where the words are others, or were cut.
 */
export const zonesWithCapacity = (message: string): readonly string[] | undefined => {
	const zones = hint.exec(message)?.groups?.["zones"]?.split(", ");
	return zones?.every((zone) => zoneName.test(zone)) ? zones : undefined;
};

/** The full stop belongs to it: without it the list may be a part of one. */
const hint =
	/by not specifying an Availability Zone(?: in your request)? or choosing (?<zones>[-a-z0-9, ]+)\.(?:\s|$)/;

/** `us-east-1a`, `us-gov-west-1b`, and local zones such as `us-west-2-lax-1a`. */
const zoneName = /^[a-z]{2,}(?:-[a-z0-9]+)+$/;
