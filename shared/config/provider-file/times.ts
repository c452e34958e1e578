import { duration, flag, integer } from "../fields.ts";

/** How long what may take, how often it may fail, and how long a cell may live. */
export const timeFields = {
	capacityTimeoutSeconds: integer("whole seconds from 0 to 43200", 0, 43_200).default(900).meta({
		description: "How long a pod waits for a machine that EC2 will sell. Default: 900.",
		example: 1_800,
		kip: "not there: it asked for the same type again every few seconds, for ever.",
	}),
	bootTimeoutSeconds: integer("whole seconds from 60 to 43200", 60, 43_200).default(1_200).meta({
		description: "How long a launched machine may take until its agent answers. Default: 1200.",
		example: 600,
		kip: "not there: 1200.",
	}),
	bootAttempts: integer("a whole number from 1 to 10", 1, 10).default(3).meta({
		description:
			"How many machines a pod may have that never become ready, one after the other, before it fails. Default: 3.",
		example: 2,
		kip: "not there: no bound.",
	}),
	replaceLost: flag().default(true).meta({
		description:
			"Whether a pod whose ready cell was lost (interrupted, stopped, ended by somebody else) gets another one, unless its `restartPolicy` is Never. Default: true.",
		example: false,
		kip: "not there: true.",
	}),
	lossesPerHour: integer("a whole number from 1 to 10", 1, 10).default(5).meta({
		description: "How many cells a pod may lose within an hour before it fails. Default: 5.",
		example: 3,
		kip: "not there: no bound.",
	}),
	certificateLifetimeDays: integer("whole days from 1 to 3650", 1, 3_650).default(30).meta({
		description: "Longest life of a cell: its agent can't renew its certificate. Default: 30.",
		example: 90,
		kip: "not there: ten years.",
	}),
	maxLifetime: duration("a duration from 10m to 365d, such as 30m, 72h or 7d", "10m", "365d")
		.optional()
		.meta({
			description:
				"How long after its boot a cell ends itself, whatever its pod does: minutes, hours or days. It keeps a cell that nobody controls any more from being paid for. Default: never.",
			example: "72h",
			kip: "not there: never.",
		}),
};
