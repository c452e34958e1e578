import type { PodRow } from "../../../infra/console/api.ts";

/** 2026-11-23T08:00:00Z */
export const morningMs = Date.UTC(2026, 10, 23, 8);

/** A pod that began to wait so many seconds after the morning. */
export const aRow = (name: string, over: Partial<PodRow> = {}, secondsLater = 0): PodRow => ({
	uid: `uid-of-${name}`,
	namespace: "shop",
	name,
	version: 1,
	phase: "Scheduled",
	attempt: 0,
	news: [],
	spans: [{ what: "waiting", attempt: 1, fromMs: morningMs + secondsLater * 1000 }],
	marks: [],
	...over,
});

export const spotOffering = {
	instanceType: "t3a.small",
	zone: "us-east-1a",
	capacityType: "spot",
	hourlyUsd: 0.0056,
} as const;
