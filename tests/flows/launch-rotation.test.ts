import { describe, expect, it } from "vitest";
import { launch } from "../../shared/flows/launch.ts";
import type { Issuers } from "../../shared/pki/model.ts";
import { anAuthority } from "../support/authorities.ts";
import { aPod, aRequest, morning } from "../support/cells.ts";
import { launchPorts } from "../support/launch-ports.ts";

const { signal } = new AbortController();
const [former, latter] = [anAuthority(morning).issuer, anAuthority(morning).issuer];

describe("a launch that is repeated after a rotation", () => {
	it("is the same request, of the authority that its record names", async () => {
		let signing = former;
		const issuers: Issuers = {
			current: async () => signing,
			named: async ({ authorityId }) => (authorityId === former.by.authorityId ? former : latter),
			all: async () => [],
		};
		const { ports, instances, history } = launchPorts({ issuers });
		const go = async (uid?: string) => launch(aPod(uid), aRequest(), morning, ports, signal);
		instances.beforeAnswer(() => {
			throw new TypeError("the worker dies before it hears the answer");
		});
		await expect(go()).rejects.toThrow("dies");
		signing = latter;
		instances.beforeAnswer(() => {});
		await go();
		const [first, again] = instances.requests;
		expect(again).toEqual(first);
		expect(instances.living()).toHaveLength(1);
		expect(history.at(-1)).toMatchObject({
			phase: "Booting",
			plan: { authorityId: former.by.authorityId },
		});

		await go("other");
		expect(history.at(-1)).toMatchObject({ plan: { authorityId: latter.by.authorityId } });
	});
});
