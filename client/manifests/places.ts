import { EVENT_ID, type Event, getScalarValue } from "js-yaml";

/** Where a value begins in the text, and what is in it. */
type Place = Readonly<{ offset: number; members?: ReadonlyMap<PropertyKey, Place> }>;

/**
 * Where values stand in a YAML text.
 *
 * @param events of js-yaml's parser.
 * @returns the line, from 1, of what stands at a path of a document, or of the nearest thing around it.
 */
export function placesIn(text: string, events: readonly Event[]) {
	let roots: readonly (Place | undefined)[] | undefined;
	return (document: number, path: readonly PropertyKey[]): number | undefined => {
		// Only for who has to be told of a fault.
		roots ??= rootsOf(text, events);
		let place = roots[document];
		for (const step of path) place = place?.members?.get(step) ?? place;
		return place === undefined || place.offset < 0 ? undefined : lineAt(text, place.offset);
	};
}

const lineAt = (text: string, offset: number): number => text.slice(0, offset).split("\n").length;

function rootsOf(text: string, events: readonly Event[]): readonly (Place | undefined)[] {
	const roots: (Place | undefined)[] = [];
	let at = 0;
	const isClosing = () => at >= events.length || events[at]?.type === EVENT_ID.POP;

	const value = (): Place => {
		const event = events[at++];
		switch (event?.type) {
			case EVENT_ID.MAPPING:
				return { offset: event.start, members: mapping() };
			case EVENT_ID.SEQUENCE:
				return { offset: event.start, members: sequence() };
			case EVENT_ID.SCALAR:
				return { offset: event.valueStart };
			default:
				return { offset: -1 };
		}
	};
	const mapping = () => {
		const members = new Map<PropertyKey, Place>();
		while (!isClosing()) {
			const key = events[at];
			const { offset } = value();
			const name = key?.type === EVENT_ID.SCALAR ? getScalarValue(text, key) : undefined;
			// People look for the key.
			const member = { ...value(), offset };
			if (name !== undefined) members.set(name, member);
		}
		at += 1;
		return members;
	};
	const sequence = () => {
		const members = new Map<PropertyKey, Place>();
		while (!isClosing()) members.set(members.size, value());
		at += 1;
		return members;
	};

	while (at < events.length) {
		// The document's own event.
		at += 1;
		roots.push(isClosing() ? undefined : value());
		at += 1;
	}
	return roots;
}
