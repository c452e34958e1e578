import { deadLetterNames, queueNames } from "../aws/names.ts";
import type { Dashboard, Statistic } from "./definition.ts";
import { each, ours, queue } from "./series.ts";

const stages = ["queue", "plan", "launch", "boot", "confirm", "total"] as const;

const timeToReady = (title: string, statistic: Statistic) =>
	({
		title,
		width: 8,
		shows: "lines",
		axis: "ms",
		series: stages.map((Stage) => ours("StageMs", statistic, Stage, { Stage })),
	}) as const;

/** What becomes of pods, how fast, and for how much. */
export const fleet: Dashboard = {
	name: "fleet",
	rows: [
		[
			{
				title: "Records by phase: all but Ready fall back to 0 when nothing is asked for",
				width: 12,
				shows: "stacked",
				axis: "records",
				series: [each("Cells", "Phase", "Maximum")],
			},
			{
				title: "Pods: as many become ready as are accepted",
				width: 12,
				shows: "lines",
				axis: "pods",
				series: [
					ours("PodsAccepted", "Sum", "accepted", {}),
					ours("CellsReady", "Sum", "ready", {}),
					ours("CellsReleased", "Sum", "deleted", {}),
				],
			},
		],
		[
			timeToReady("Message to Ready, median: steady", "p50"),
			timeToReady("Message to Ready, p90: below twice the median", "p90"),
			timeToReady("Message to Ready, p99: below the boot time-out", "p99"),
		],
		[
			{
				title: "Pods failed, by reason: 0",
				width: 8,
				shows: "lines",
				axis: "pods",
				series: [each("CellsFailed", "Reason", "Sum")],
			},
			{
				title: "Cells lost, and EC2's warnings: few, and spot only",
				width: 8,
				shows: "lines",
				axis: "cells",
				series: [each("CellsLost", "Reason", "Sum"), each("Interruptions", "Reason", "Sum")],
			},
			{
				title: "Messages that wait, by reason: only in a burst",
				width: 8,
				shows: "lines",
				axis: "messages",
				series: [each("PodsWaiting", "Reason", "Sum")],
			},
		],
		[
			{
				title: "Dollars an hour, now: as much as you expect to pay",
				width: 8,
				shows: "stacked",
				axis: "USD an hour",
				series: [each("FleetHourlyUsd", "CapacityType", "Maximum")],
			},
			{
				title: "Saved an hour against the default type: above 0",
				width: 8,
				shows: "lines",
				axis: "USD an hour",
				series: [ours("FleetSavedHourlyUsd", "Maximum", "saved", {})],
			},
			{
				title: "Price of a cell: the median is steady",
				width: 8,
				shows: "lines",
				axis: "USD an hour",
				series: [ours("HourlyUsd", "p50", "median", {}), ours("HourlyUsd", "p90", "p90", {})],
			},
		],
		[
			{
				title: "Spot and on demand: the mix that you asked for",
				width: 8,
				shows: "stacked",
				axis: "instances",
				series: [each("InstancesHeld", "CapacityType", "Maximum")],
			},
			{
				title: "Instance types launched: several, none of them alone",
				width: 8,
				shows: "log",
				function: "launch",
				message: "cell launched",
				by: "instanceType",
			},
			{
				title: "Limits in use, percent: below 80",
				width: 8,
				shows: "lines",
				axis: "%",
				series: [each("LimitUsed", "Limit", "Maximum")],
			},
		],
		[
			{
				title: "Calls and launches: hardly a call refused",
				width: 8,
				shows: "lines",
				axis: "calls, cells",
				series: [
					each("LaunchCalls", "Outcome", "Sum"),
					each("LaunchesAccepted", "CapacityType", "Sum"),
				],
			},
			{
				title: "EC2's refusals: none of throttled, forbidden, quota",
				width: 8,
				shows: "lines",
				axis: "pods",
				series: [each("LaunchesRefused", "Reason", "Sum")],
			},
			{
				title: "Wait for a turn at EC2: 0 while there are tokens",
				width: 8,
				shows: "lines",
				axis: "s",
				series: [
					ours("TurnWaitSeconds", "Maximum", "longest", {}),
					ours("TurnWaitSeconds", "Average", "average", {}),
				],
			},
		],
		[
			{
				title: "Set aside: few, and only for minutes",
				width: 6,
				shows: "lines",
				axis: "entries",
				series: [ours("SetAside", "Maximum", "set aside", {})],
			},
			{
				title: "Oldest message: below 15 minutes",
				width: 6,
				shows: "lines",
				axis: "s",
				series: queueNames.map((name) => queue(name, "ApproximateAgeOfOldestMessage", name)),
			},
			{
				title: "On the queues: back to 0",
				width: 6,
				shows: "lines",
				axis: "messages",
				series: queueNames.flatMap((name) => [
					queue(name, "ApproximateNumberOfMessagesVisible", name),
					queue(name, "ApproximateNumberOfMessagesNotVisible", `${name}, taken`),
				]),
			},
			{
				title: "Dead letters: 0",
				width: 6,
				shows: "lines",
				axis: "messages",
				series: deadLetterNames.map((name) =>
					queue(name, "ApproximateNumberOfMessagesVisible", name),
				),
			},
		],
	],
};
