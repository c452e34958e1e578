import { describe, expect, it } from "vitest";
import { nearestKey } from "../../shared/config/nearest-key.ts";

const known = ["subnetID", "subnetIDs", "region", "nametag", "spot"];

describe("nearestKey", () => {
	it.each([
		{ when: "a letter is missing", key: "regin", nearest: "region" },
		{ when: "letters are swapped", key: "nametga", nearest: "nametag" },
		{ when: "only the case differs", key: "subnetids", nearest: "subnetIDs" },
		{ when: "two are near, the nearer", key: "subnetId", nearest: "subnetID" },
		{ when: "a short key is one letter off", key: "spt", nearest: "spot" },
		{ when: "nothing is near", key: "kubelet", nearest: undefined },
		{ when: "the key is empty", key: "", nearest: undefined },
	])("finds $nearest when $when", ({ key, nearest }) => {
		expect(nearestKey(key, known)).toBe(nearest);
	});
});
