import { tableNames } from "../aws/names.ts";
import type { Dashboard } from "./definition.ts";
import { each, functionNames, lambda, ours, table } from "./series.ts";

/** Whether the parts do what they are for. */
export const health: Dashboard = {
	name: "health",
	rows: [
		[
			{
				title: "Pods nobody looks after: 0",
				width: 6,
				shows: "latest",
				axis: "pods",
				series: [ours("Conservation", "Maximum", "conservation", {})],
			},
			{
				title: "Machines of no record: 0",
				width: 6,
				shows: "lines",
				axis: "machines",
				series: [
					ours("Orphans", "Maximum", "seen", {}),
					ours("OrphansEnded", "Sum", "ended", {}),
					ours("OrphansLeft", "Maximum", "left", {}),
				],
			},
			{
				title: "Records stuck, by phase: none",
				width: 6,
				shows: "lines",
				axis: "records",
				series: [each("RecordsStuck", "Phase", "Sum")],
			},
			{
				title: "Left to the second net: 0",
				width: 6,
				shows: "lines",
				axis: "times",
				series: [
					ours("ChecksLost", "Sum", "checks lost", {}),
					ours("ChangesLetGo", "Sum", "changes let go", {}),
					ours("JanitorFailures", "Sum", "janitor's failures", {}),
				],
			},
		],
		[
			{
				title: "Errors by function: 0",
				width: 8,
				shows: "lines",
				axis: "invocations",
				series: functionNames.map((name) => lambda(name, "Errors", "Sum")),
			},
			{
				title: "Throttles by function: 0",
				width: 8,
				shows: "lines",
				axis: "invocations",
				series: functionNames.map((name) => lambda(name, "Throttles", "Sum")),
			},
			{
				title: "Duration p99: below 80 % of the time-out",
				width: 8,
				shows: "lines",
				axis: "ms",
				series: functionNames.map((name) => lambda(name, "Duration", "p99")),
			},
		],
		[
			{
				title: "At once, by function: far from the account's limit",
				width: 8,
				shows: "lines",
				axis: "invocations",
				series: functionNames.map((name) => lambda(name, "ConcurrentExecutions", "Maximum")),
			},
			{
				title: "Changes' age at reconcile: a second or two",
				width: 8,
				shows: "lines",
				axis: "ms",
				series: [lambda("reconcile", "IteratorAge", "Maximum")],
			},
			{
				title: "Throttled by DynamoDB: 0",
				width: 8,
				shows: "lines",
				axis: "times",
				series: tableNames.flatMap((name) => [
					table(name, "ReadThrottleEvents", `${name}, reads`),
					table(name, "WriteThrottleEvents", `${name}, writes`),
				]),
			},
		],
		[
			{
				title: "Cells with an instance: as many as pods should run",
				width: 8,
				shows: "lines",
				axis: "cells",
				series: [ours("CellsLive", "Maximum", "booting or ready", {})],
			},
			{
				title: "Told, ended, come again: ended follows lost, deleted",
				width: 8,
				shows: "lines",
				axis: "times",
				series: [
					ours("StatusesAnnounced", "Sum", "statuses announced", {}),
					ours("InstancesEnded", "Sum", "instances ended", {}),
					ours("PodsRedelivered", "Sum", "messages come again", {}),
				],
			},
			{
				title: "Rubbish and impostors: 0",
				width: 8,
				shows: "lines",
				axis: "times",
				series: [
					ours("MessagesUnreadable", "Sum", "unreadable messages", {}),
					each("ImpostorsRefused", "Reason", "Sum"),
				],
			},
		],
		[
			{
				title: "Age of boot images: below a day",
				width: 6,
				shows: "lines",
				axis: "s",
				series: [
					each("CachedImageAgeSeconds", "Architecture", "Maximum"),
					ours("ImageAgeSeconds", "Maximum", "used by a launch", {}),
				],
			},
			{
				title: "Images deprecated: none",
				width: 6,
				shows: "lines",
				axis: "images",
				series: [each("ImagesDeprecated", "Architecture", "Maximum")],
			},
			{
				title: "Age of the catalogue: below a day",
				width: 6,
				shows: "lines",
				axis: "s",
				series: [ours("CatalogueAgeSeconds", "Maximum", "age", {})],
			},
			{
				title: "Types in the catalogue: steady",
				width: 6,
				shows: "lines",
				axis: "types",
				series: [ours("CatalogueTypes", "Minimum", "types", {})],
			},
		],
		[
			{
				title: "Client certificate, days left when it was last renewed: 1",
				width: 12,
				shows: "lines",
				axis: "days",
				series: [each("ClientCertificateDays", "Role", "Minimum")],
			},
			{
				title: "Authorities, days left: more than 30 for the current one",
				width: 12,
				shows: "lines",
				axis: "days",
				series: [each("AuthorityDays", "Role", "Minimum")],
			},
		],
	],
};
