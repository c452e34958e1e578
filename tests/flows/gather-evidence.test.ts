import { describe, expect, it } from "vitest";
import { Evidence } from "../../shared/cells/model.ts";
import { type EvidencePorts, gatherEvidence } from "../../shared/flows/gather-evidence.ts";
import type { SeenInstance } from "../../shared/instances/model.ts";
import { morning } from "../support/cells.ts";

const { signal } = new AbortController();
const seen: SeenInstance = {
	instanceId: "i-1",
	state: "stopping",
	stateReason: { code: "Client.InstanceInitiatedShutdown", message: "Instance initiated shutdown" },
	clientToken: "token-1",
	launchIndex: 0,
	launchedAt: morning,
	instanceType: "t3a.small",
	podUid: "3f2a",
};
const ports = (over: Partial<EvidencePorts["fleet"]> = {}): EvidencePorts => ({
	fleet: { find: async () => seen, console: async () => "Linux\r\n", ...over },
	now: () => morning,
});
const never = async () => await new Promise<never>(() => {});

describe("evidence", () => {
	it("is EC2's word on the instance, and what the machine wrote", async () => {
		const evidence = await gatherEvidence("i-1", ports(), signal);
		expect(Evidence.parse(evidence)).toEqual({
			at: morning.toISOString(),
			state: "stopping",
			stateReason: "Client.InstanceInitiatedShutdown: Instance initiated shutdown",
			console: "Linux",
			missing: [],
		});
	});

	it("keeps little of what EC2 says, however much that is", async () => {
		const endless = { ...seen, stateReason: { code: "c", message: "m".repeat(10_000) } };
		const evidence = await gatherEvidence("i-1", ports({ find: async () => endless }), signal);
		expect(evidence.stateReason?.length).toBeLessThanOrEqual(500);
	});

	it.each<{ when: string; over: Partial<EvidencePorts["fleet"]>; missing: string[] }>([
		{
			when: "EC2 doesn't know the instance",
			over: { find: async () => undefined },
			missing: ["state: EC2 has none"],
		},
		{
			when: "the console is empty",
			over: { console: async () => " \n" },
			missing: ["console output: EC2 has none"],
		},
		{
			when: "EC2 refuses",
			over: {
				console: async () => {
					throw Object.assign(new Error("secret words"), { name: "UnauthorizedOperation" });
				},
			},
			missing: ["console output: UnauthorizedOperation"],
		},
		{
			when: "a port throws what is no error",
			over: { find: () => Promise.reject(undefined) },
			missing: ["state: failed"],
		},
		{
			when: "nobody answers, and nobody heeds the signal",
			over: { find: never, console: never },
			missing: ["state: no answer in time", "console output: no answer in time"],
		},
	])("says what is missing when $when, and never throws", async ({ over, missing }) => {
		expect((await gatherEvidence("i-1", ports(over), signal, 20)).missing).toEqual(missing);
	});

	it("asks nothing more when its own time is over", async () => {
		const evidence = await gatherEvidence("i-1", ports(), AbortSignal.abort());
		expect(evidence).toMatchObject({
			missing: ["state: no answer in time", "console output: no answer in time"],
		});
	});
});
