import { describe, expect, it } from "vitest";
import { upSettingsFrom } from "../../../../infra/cli/up/up-options.ts";

describe("up's options", () => {
	it("are refused with every fault at once", () => {
		const wrong = () =>
			upSettingsFrom({
				once: false,
				provider: "provider.yaml",
				pods: "examples/pods",
				console: true,
				withoutCapacity: ["", "t3a.small@", "t3a.small/reserved", "t3a.small"],
				capacityReturnsAfter: "soon",
				setAsideSeconds: "0",
				bootTimeoutSeconds: "x",
				bootSeconds: "3:x",
				throttling: "0",
				neverBoots: ["web:0", "Web"],
				interruptSpotAfter: "0",
				spotWarningSeconds: "2m",
				terminateAfter: "",
				consolePort: "65536",
			});
		expect(wrong).toThrow(
			expect.objectContaining({
				reason: "InvalidOption",
				faults: [
					expect.objectContaining({ path: "--without-capacity", value: "" }),
					expect.objectContaining({ path: "--without-capacity", value: "t3a.small@" }),
					expect.objectContaining({ path: "--without-capacity", value: "t3a.small/reserved" }),
					expect.objectContaining({ path: "--capacity-returns-after", value: "soon" }),
					expect.objectContaining({ path: "--set-aside-seconds", value: "0" }),
					expect.objectContaining({ path: "--boot-timeout-seconds", value: "x" }),
					expect.objectContaining({ path: "--boot-seconds", value: "3:x" }),
					expect.objectContaining({ path: "--throttling", value: "0" }),
					expect.objectContaining({ path: "--interrupt-spot-after", value: "0" }),
					expect.objectContaining({ path: "--spot-warning-seconds", value: "2m" }),
					expect.objectContaining({ path: "--terminate-after", value: "" }),
					expect.objectContaining({ path: "--never-boots", value: "web:0" }),
					expect.objectContaining({ path: "--never-boots", value: "Web" }),
					expect.objectContaining({ path: "--console-port", value: "65536" }),
				],
			}),
		);
	});
});
