import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["tests/**/*.test.ts"],
		// Journeys mostly wait for machines that boot: one file more than cores keeps two cores busy.
		maxWorkers: availableParallelism() + 1,
		// Journeys and simulated cells start real servers; on two shared cores they may need a while.
		testTimeout: 30_000,
		hookTimeout: 60_000,
	},
});
