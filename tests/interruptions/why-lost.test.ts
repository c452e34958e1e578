import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Notice } from "../../shared/cells/model.ts";
import { tellsMore } from "../../shared/interruptions/stronger-notice.ts";
import { whyLost } from "../../shared/interruptions/why-lost.ts";
import { reasons } from "../../shared/reasons.ts";
import { morning, secondsLater } from "../support/cells.ts";

const aNotice = (reason: Notice["reason"], over: Partial<Notice> = {}): Notice => ({
	reason,
	message: "",
	at: morning.toISOString(),
	...over,
});
const spot = aNotice("SpotInterruption");
const scheduled = aNotice("ScheduledChange");
const rebalance = aNotice("RebalanceRecommendation");

describe("why an instance was lost", () => {
	it.each<{ code?: string; state: string; notice?: Notice; reason: string; says?: string }>([
		{ code: "Server.SpotInstanceTermination", state: "terminated", reason: "SpotInterrupted" },
		{ code: "Server.SpotInstanceShutdown", state: "stopped", reason: "SpotInterrupted" },
		{ code: "Server.ScheduledStop", state: "stopped", reason: "ScheduledChange" },
		{ code: "Server.InternalError", state: "terminated", reason: "InstanceFailed" },
		{
			code: "Server.InsufficientInstanceCapacity",
			state: "terminated",
			reason: "InstanceFailed",
			says: "no capacity",
		},
		{
			code: "Client.InternalError",
			state: "terminated",
			reason: "InstanceFailed",
			says: "cells.volumeKmsKeyID",
		},
		{
			code: "Client.VolumeLimitExceeded",
			state: "terminated",
			reason: "InstanceFailed",
			says: "quota of EBS",
		},
		{
			code: "Client.InvalidSnapshot.NotFound",
			state: "terminated",
			reason: "InstanceFailed",
			says: "snapshot",
		},
		{ code: "Client.InternalError", state: "terminated", notice: spot, reason: "InstanceFailed" },
		{ code: "Client.InstanceInitiatedShutdown", state: "terminated", reason: "InstanceShutDown" },
		{
			code: "Client.InstanceInitiatedShutdown",
			state: "terminated",
			notice: spot,
			reason: "SpotInterrupted",
		},
		{
			code: "Client.InstanceInitiatedShutdown",
			state: "terminated",
			notice: scheduled,
			reason: "InstanceShutDown",
		},
		{ code: "Client.UserInitiatedShutdown", state: "stopping", reason: "InstanceStopped" },
		{ code: "Client.UserInitiatedShutdown", state: "stopped", reason: "InstanceStopped" },
		{ code: "Client.UserInitiatedShutdown", state: "shutting-down", reason: "InstanceEnded" },
		{ code: "Client.UserInitiatedShutdown", state: "terminated", reason: "InstanceEnded" },
		{
			code: "Client.UserInitiatedShutdown",
			state: "terminated",
			notice: spot,
			reason: "SpotInterrupted",
		},
		{
			code: "Client.UserInitiatedShutdown",
			state: "terminated",
			notice: rebalance,
			reason: "InstanceEnded",
		},
		{
			code: "Client.UserInitiatedShutdown",
			state: "stopped",
			notice: scheduled,
			reason: "InstanceStopped",
		},
		{ code: "Client.UserInitiatedHibernate", state: "stopped", reason: "InstanceStopped" },
		{ code: "Client.InstanceTerminated", state: "terminated", reason: "InstanceEnded" },
		{ code: "Server.Unheard", state: "terminated", reason: "InstanceEnded" },
		{ code: "Server.Unheard", state: "stopped", reason: "InstanceStopped" },
		{ code: "Server.Unheard", state: "stopped", notice: scheduled, reason: "ScheduledChange" },
		{ state: "terminated", reason: "InstanceEnded", says: "gave no reason" },
		{ state: "stopping", reason: "InstanceStopped" },
		{ state: "terminated", notice: spot, reason: "SpotInterrupted" },
		{ state: "stopped", notice: scheduled, reason: "ScheduledChange" },
	])(
		"$code, $state, after $notice.reason: $reason",
		({ code, state, notice, reason, says = "" }) => {
			const stateReason = code === undefined ? undefined : { code, message: "EC2's words" };
			const why = whyLost({ state, stateReason, notice });
			expect(why.reason).toBe(reason);
			expect(why.message).toContain(says);
			expect(why.message).toContain(`EC2 says ${state}`);
			if (code !== undefined) expect(why.message).toContain(`${code}: EC2's words`);
		},
	);

	it("holds EC2's words, its code once, and not without end", () => {
		const code = "Client.UserInitiatedShutdown";
		const stateReason = { code, message: `${code}: User initiated ${"x".repeat(2_000)}` };
		const { message } = whyLost({ state: "terminated", stateReason, notice: undefined });
		expect(message.split(code)).toHaveLength(2);
		expect(message.length).toBeLessThan(700);
	});

	it("is a reason that people can look up, whatever EC2 says", () => {
		const state = fc.constantFrom("stopping", "stopped", "shutting-down", "terminated");
		const notice = fc.constantFrom(undefined, spot, scheduled, rebalance);
		const code = fc.oneof(
			fc.string(),
			fc.constantFrom("constructor", "Server.SpotInstanceTermination", "Client.InternalError"),
		);
		const stateReason = fc.option(fc.record({ code, message: fc.string() }), { nil: undefined });
		fc.assert(
			fc.property(fc.record({ state, stateReason, notice }), (lost) => {
				expect(Object.keys(reasons)).toContain(whyLost(lost).reason);
			}),
		);
	});
});

describe("of two notices", () => {
	const later = secondsLater(60).toISOString();
	const first = secondsLater(3_600).toISOString();
	const moved = secondsLater(7_200).toISOString();
	it.each<{ when: string; notice: Notice; standing?: Notice; tells: boolean }>([
		{ when: "there was none", notice: rebalance, tells: true },
		{ when: "it is the same", notice: spot, standing: spot, tells: false },
		{
			when: "a spot warning follows a recommendation",
			notice: spot,
			standing: rebalance,
			tells: true,
		},
		{ when: "a spot warning follows a change", notice: spot, standing: scheduled, tells: true },
		{
			when: "a change follows a recommendation",
			notice: scheduled,
			standing: rebalance,
			tells: true,
		},
		{
			when: "a recommendation follows a spot warning",
			notice: rebalance,
			standing: spot,
			tells: false,
		},
		{ when: "a change follows a spot warning", notice: scheduled, standing: spot, tells: false },
		{
			when: "a recommendation comes again",
			notice: aNotice("RebalanceRecommendation", { at: later }),
			standing: rebalance,
			tells: false,
		},
		{
			when: "a change is moved",
			notice: aNotice("ScheduledChange", { at: later, deadline: moved }),
			standing: aNotice("ScheduledChange", { deadline: first }),
			tells: true,
		},
		{
			when: "one moment has two words",
			notice: aNotice("ScheduledChange", { deadline: moved }),
			standing: aNotice("ScheduledChange", { deadline: first }),
			tells: false,
		},
		{
			when: "the word of a moved change comes before the first one",
			notice: aNotice("ScheduledChange", { deadline: first }),
			standing: aNotice("ScheduledChange", { at: later, deadline: moved }),
			tells: false,
		},
	])("the second tells more, or doesn't, when $when", ({ notice, standing, tells }) => {
		expect(tellsMore(notice, standing)).toBe(tells);
	});

	it("it doesn't matter which comes first, or how often: the same one stands", () => {
		const notices = fc
			.record({
				reason: fc.constantFrom<Notice["reason"]>(
					"SpotInterruption",
					"RebalanceRecommendation",
					"ScheduledChange",
				),
				seconds: fc.integer({ min: 0, max: 9 }),
			})
			// Each moment has one word of each kind: what EC2 has said then.
			.map(({ reason, seconds }) =>
				aNotice(reason, {
					at: secondsLater(seconds).toISOString(),
					deadline: secondsLater(100 + seconds).toISOString(),
				}),
			);
		const standingAfter = (each: readonly Notice[]) =>
			each.reduce<Notice | undefined>(
				(standing, notice) => (tellsMore(notice, standing) ? notice : standing),
				undefined,
			);
		fc.assert(
			fc.property(fc.array(notices), (each) => {
				const once = standingAfter(each);
				expect(standingAfter(each.toReversed())).toEqual(once);
				expect(standingAfter([...each, ...each])).toEqual(once);
			}),
		);
	});
});
