export const views = ["cells", "fleet", "health"] as const;
export type View = (typeof views)[number];

/** What stands beside the view. */
export type Panel =
	| Readonly<{ shows: "nothing" }>
	| Readonly<{ shows: "pod"; uid: string }>
	| Readonly<{ shows: "launch" }>
	| Readonly<{ shows: "switchboard" }>;

/** Where somebody is on the page: kept in the address, so that it can be linked to and gone back from. */
export type Place = Readonly<{ view: View; panel: Panel }>;

export function placeOf(hash: string): Place {
	const said = new URLSearchParams(hash.replace(/^#/, ""));
	const view = views.find((each) => each === said.get("view")) ?? "cells";
	const uid = said.get("pod");
	if (uid !== null) return { view, panel: { shows: "pod", uid } };
	const shows = (["launch", "switchboard"] as const).find((each) => said.has(each)) ?? "nothing";
	return { view, panel: { shows } };
}

/** `#pod=<uid>`, `#view=fleet&launch`; empty for the beginning. */
export function hashOf({ view, panel }: Place): string {
	const parts = [
		...(view === "cells" ? [] : [`view=${view}`]),
		...(panel.shows === "pod" ? [`pod=${encodeURIComponent(panel.uid)}`] : []),
		...(panel.shows === "launch" || panel.shows === "switchboard" ? [panel.shows] : []),
	];
	return `#${parts.join("&")}`;
}
