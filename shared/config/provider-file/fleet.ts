import * as z from "zod";
import { choice, decimal, integer } from "../fields.ts";

const limits = z.strictObject({
	cells: integer("a whole number from 1 to 10000", 1, 10_000).optional().meta({
		description:
			"Most cells at once; pods beyond it wait, until `cells.capacityTimeoutSeconds` is over. Default: none.",
		example: 200,
		kip: "not there: `kubelet.capacity` bounded what Kubernetes placed on its node.",
	}),
	hourlyUsd: decimal("a price in USD an hour above 0, such as 25", 0.001, 1_000_000)
		.optional()
		.meta({
			description:
				"Most that all cells together may cost, USD an hour by the catalogue's prices; pods beyond it wait as well. Default: none.",
			example: 25,
			kip: "not there.",
		}),
});

const rate = (most: number) => decimal(`a number above 0, at most ${most}`, 0.01, most);

const launch = z.strictObject({
	grouping: choice(["workload", "none"]).default("workload").meta({
		description:
			"Whether replicas of one workload that arrive together are launched by one call, with one identity for all of them; `none`: each pod has its own. Default: workload.",
		example: "none",
		kip: "not there: a call each, and one key for all that were launched together.",
	}),
	callBurst: integer("a whole number from 1 to 1000", 1, 1_000).default(5).meta({
		description:
			"RunInstances calls that EC2 takes at once. Default: 5, an account's quota at first.",
		example: 20,
		kip: "not there: ten launches every seven seconds.",
	}),
	callsPerSecond: rate(1_000).default(2).meta({
		description: "RunInstances calls a second after that. Default: 2.",
		example: 10,
		kip: "not there.",
	}),
	instanceBurst: integer("a whole number from 1 to 100000", 1, 100_000).default(1_000).meta({
		description: "Instances that EC2 launches at once. Default: 1000.",
		example: 2_000,
		kip: "not there.",
	}),
	instancesPerSecond: rate(1_000).default(2).meta({
		description: "Instances a second after that. Default: 2.",
		example: 20,
		kip: "not there.",
	}),
});

const janitor = z.strictObject({
	maxEnded: integer("a whole number from 0 to 1000", 0, 1_000).default(10).meta({
		description:
			"How many instances that no record owns the janitor ends in one run; the rest raises an alarm. 0: it ends none. Default: 10.",
		example: 50,
		kip: "not there: no bound.",
	}),
	secondSightingSeconds: integer("whole seconds from 60 to 86400", 60, 86_400).default(300).meta({
		description:
			"How long after the first sighting an instance must still be nobody's before it is ended. Default: 300.",
		example: 600,
		kip: "not there: 60.",
	}),
});

/** What is true of all cells together. */
export const fleetFields = {
	limits: limits.prefault({}).meta({ description: "What all cells together may take." }),
	launch: launch.prefault({}).meta({ description: "How EC2 is asked for machines." }),
	janitor: janitor.prefault({}).meta({ description: "What is done about what was left over." }),
};
