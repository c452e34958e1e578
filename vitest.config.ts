import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["tests/**/*.test.ts"],
		// Journeys mostly wait for machines that boot: one file more than cores keeps two cores busy.
		maxWorkers: availableParallelism() + 1,
		// For what hangs alone: how long a test takes is the machine's affair, which others may use as well.
		testTimeout: 240_000,
		hookTimeout: 120_000,
	},
});
