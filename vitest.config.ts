import { defineConfig } from "vitest/config";

export default defineConfig({
	test: {
		include: ["tests/**/*.test.ts"],
		// Journeys and simulated cells start real servers; on two shared cores they may need a while.
		testTimeout: 30_000,
		hookTimeout: 60_000,
	},
});
