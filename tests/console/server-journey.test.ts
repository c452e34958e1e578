import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PodRow } from "../../infra/console/api.ts";
import { consoleWorld, podYaml } from "./console-world.ts";
import { ask, askJson, untilEvent } from "./reading.ts";

let world: Awaited<ReturnType<typeof consoleWorld>>;
beforeAll(async () => {
	world = await consoleWorld();
});
afterAll(async () => await world.close());

const post = async (path: string, body?: unknown) => {
	const { status, text } = await askJson(`${world.url}${path}`, "POST", body);
	return { status, body: text === "" ? undefined : JSON.parse(text) };
};

const launch = async (yaml: string): Promise<string> =>
	(await post("api/pods", { yaml })).body.pods[0].uid;

/** The pod's row once it is as it should be. */
const row = async (uid: string, isSo: (row: PodRow) => boolean): Promise<PodRow> =>
	await untilEvent(world.url, ({ event, data }) =>
		event === "pod" && data.uid === uid && isSo(data) ? data : undefined,
	);

describe("a stack through its console", { timeout: 120_000 }, () => {
	it("launches a pod, takes its spot cell back, and shows the next attempt", async () => {
		const uid = await launch(podYaml("interrupted"));
		const first = await row(uid, ({ phase }) => phase === "Ready");
		expect(first.spans.map(({ what }) => what)).toEqual([
			"waiting",
			"launching",
			"booting",
			"ready",
		]);
		expect(first.offering).toMatchObject({ capacityType: "spot" });

		const warned = await post(`api/pods/${uid}/interrupt`, { warningSeconds: 1 });
		expect(warned.status).toBe(204);
		const again = await row(uid, ({ phase, attempt }) => phase === "Ready" && attempt === 2);
		expect(again.instanceId).not.toBe(first.instanceId);
		expect(again.marks.map(({ what }) => what)).toEqual(["warned", "lost"]);
		expect(again.news[0]).toContain(`lost ${first.instanceId} (SpotInterrupted)`);

		const detail = JSON.parse((await ask(`${world.url}api/pods/${uid}`)).text);
		expect(detail.story.happenings.map(({ what }: { what: string }) => what)).toEqual(
			expect.arrayContaining(["accepted", "lost", "ready"]),
		);
		expect(detail.explanation.decision.candidates.length).toBeGreaterThan(0);
		expect(detail.events.map(({ phase }: { phase: string }) => phase)).toContain("Booting");
		expect(JSON.stringify(detail)).not.toContain("nginx");
	});

	it("ends a machine for somebody else, and a pod for good", async () => {
		const uid = await launch(podYaml("ended", { spot: false }));
		const first = await row(uid, ({ phase }) => phase === "Ready");
		const refused = await post(`api/pods/${uid}/interrupt`, { warningSeconds: 1 });
		expect([refused.status, refused.body.faults[0].path]).toEqual([409, "instance"]);
		expect((await post(`api/pods/${uid}/end`)).status).toBe(204);
		const again = await row(uid, ({ phase, attempt }) => phase === "Ready" && attempt === 2);
		expect(again.instanceId).not.toBe(first.instanceId);
		expect((await ask(`${world.url}api/pods/${uid}`, "DELETE")).status).toBe(204);
		const over = await row(uid, ({ phase }) => phase === "Terminated");
		expect(over.spans.at(-1)).toMatchObject({ what: "ended" });
		expect(over.reason).toBe("PodDeleted");
	});

	it("says what pods would get from what there is now, and sends nothing", async () => {
		const yaml = `${podYaml("checked")}---\n${podYaml("larger", { cpu: "30" })}`;
		const choices = async () =>
			(await post("api/pods", { yaml, check: true })).body.pods.map(
				({ uid, choice }: { uid?: string; choice: string }) => [uid, choice],
			);
		const before = await choices();
		expect(before).toEqual([
			[undefined, expect.stringMatching(/, spot, at .* is the cheapest of/)],
			[undefined, expect.stringMatching(/, spot, at .* is the cheapest of/)],
		]);
		expect(before[0]).not.toEqual(before[1]);
	});

	it("refuses pods with every fault and its line, and sends none of them", async () => {
		const yaml = `${podYaml("fine")}---\n${podYaml("wrong", { cpu: "1aa" })}---\nkind: DaemonSet\nmetadata: { name: s }\n`;
		const line = yaml.split("\n").indexOf("kind: DaemonSet") + 1;
		for (const check of [true, false]) {
			const { status, body } = await post("api/pods", { yaml, check });
			expect(status).toBe(422);
			expect(body.faults).toContainEqual(
				expect.objectContaining({ path: "DaemonSet s: kind", line }),
			);
		}
		const quantity = await post("api/pods", { yaml: podYaml("wrong", { cpu: "1aa" }) });
		expect(quantity.status).toBe(422);
		expect(quantity.body.faults).toMatchObject([
			{ path: "Pod wrong: spec.containers[0].resources.requests.cpu", line: 15 },
		]);
		const twice = `${podYaml("a", { cpu: "1aa" })}---\n${podYaml("b", { cpu: "1aa" })}`;
		const lines = (await post("api/pods", { yaml: twice })).body.faults.map(
			({ line: each }: { line: number }) => each,
		);
		expect(lines).toEqual([15, 32]);
		// What another deployment might launch, which sizes by requests.
		const disk = `${podYaml("disk")}          ephemeral-storage: 1Gi\n        limits: { ephemeral-storage: 66Ti }\n`;
		expect((await post("api/pods", { yaml: disk })).body.faults).toMatchObject([
			{ path: "Pod disk: spec.containers[].resources.ephemeral-storage" },
		]);
		const broken = await post("api/pods", { yaml: "kind: [Pod\n  s3cr3t: x" });
		expect([broken.status, broken.body.faults[0].line]).toEqual([422, expect.any(Number)]);
		expect(JSON.stringify(broken.body)).not.toContain("s3cr3t");
		const names = await untilEvent(world.url, ({ event, data }) =>
			event === "switchboard" ? data.log : undefined,
		);
		expect(JSON.stringify(names)).not.toContain("fine");
	});

	it("takes capacity away, so that a pod is refused and gets something else", async () => {
		const check = { yaml: podYaml("refused"), check: true };
		const [{ choice }] = (await post("api/pods", check)).body.pods;
		const type = choice.split(" ")[0];
		expect((await post("api/switchboard/capacity", { pattern: `${type}/spot` })).status).toBe(204);
		const uid = await launch(podYaml("refused"));
		const found = await row(uid, ({ phase }) => phase === "Ready");
		expect(found.offering?.instanceType).not.toBe(type);
		expect(found.marks.map(({ what }) => what)).toContain("refused");
		expect(found.attempt).toBeGreaterThan(1);
		// It is set aside now: whoever asks is told of what would be had.
		const [now] = (await post("api/pods", check)).body.pods;
		expect(now.choice.split(" ")[0]).not.toBe(type);
	});

	it("draws the run's own charts", async () => {
		const accepted = await untilEvent(world.url, ({ event, data }) => {
			if (event !== "charts" || data.dashboard !== "fleet") return undefined;
			const [, pods] = data.rows[0] ?? [];
			const line = pods?.shows === "lines" && pods.lines.find(({ label }) => label === "accepted");
			return line || undefined;
		});
		expect(accepted.points.some((point) => (point ?? 0) > 0)).toBe(true);
	});
});
