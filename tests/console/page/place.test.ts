import { describe, expect, it } from "vitest";
import { hashOf, type Place, placeOf } from "../../../infra/console/page/place.ts";

const places: readonly Readonly<{ hash: string; place: Place }>[] = [
	{ hash: "#", place: { view: "cells", panel: { shows: "nothing" } } },
	{ hash: "#pod=a-1", place: { view: "cells", panel: { shows: "pod", uid: "a-1" } } },
	{ hash: "#launch", place: { view: "cells", panel: { shows: "launch" } } },
	{ hash: "#view=health&switchboard", place: { view: "health", panel: { shows: "switchboard" } } },
	{ hash: "#pod=a%26b%3D", place: { view: "cells", panel: { shows: "pod", uid: "a&b=" } } },
];

describe("the page's address", () => {
	it.each(places)("$hash leads there and back", ({ hash, place }) => {
		expect(hashOf(place)).toBe(hash);
		expect(placeOf(hash)).toEqual(place);
	});

	it("leads to the cells where it says something unknown", () => {
		expect(placeOf("#view=elsewhere&what")).toEqual({ view: "cells", panel: { shows: "nothing" } });
		expect(placeOf("")).toEqual({ view: "cells", panel: { shows: "nothing" } });
	});
});
