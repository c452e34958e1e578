import { describe, expect, it } from "vitest";
import { launchEnv, readinessEnv, reconcileEnv, renewalEnv } from "../../shared/config/env.ts";

const complete = {
	AWS_REGION: "us-east-1",
	CELLS_TABLE: "cells",
	IMAGES_TABLE: "images",
	CREDENTIALS_TABLE: "credentials",
	CHECKS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/cell-checks",
	POD_SCHEDULED_DLQ_URL: "http://127.0.0.1:4566/000000000000/pod-scheduled-dlq",
	EVENT_BUS: "arn:aws:events:us-east-1:123456789012:event-bus/cells",
	AUTHORITY_PARAMETER: "/cellwright/dev/authority",
	CONTROLLER_ID: "dev",
	PROVIDER_FILE: "provider.yaml",
	PATH: "/usr/bin",
};

describe("the environment of a function", () => {
	it.each([
		{
			name: "launch",
			read: launchEnv,
			needs: [
				"AUTHORITY_PARAMETER",
				"AWS_REGION",
				"CELLS_TABLE",
				"CHECKS_QUEUE_URL",
				"CONTROLLER_ID",
				"IMAGES_TABLE",
				"POD_SCHEDULED_DLQ_URL",
				"PROVIDER_FILE",
			],
		},
		{
			name: "readiness",
			read: readinessEnv,
			needs: ["AWS_REGION", "CELLS_TABLE", "CREDENTIALS_TABLE"],
		},
		{ name: "reconcile", read: reconcileEnv, needs: ["AWS_REGION", "CELLS_TABLE", "EVENT_BUS"] },
		{
			name: "renewal",
			read: renewalEnv,
			needs: ["AUTHORITY_PARAMETER", "AWS_REGION", "CREDENTIALS_TABLE"],
		},
	])(
		"of $name holds what it needs, and names everything that is missing at once",
		({ read, needs }) => {
			expect(Object.keys(read(complete)).sort()).toEqual([...needs, "LOG_LEVEL"].sort());
			expect(missingIn(() => read({ LOG_LEVEL: "info" }))).toEqual(needs);
			const empty = Object.fromEntries(needs.map((key) => [key, ""]));
			expect(missingIn(() => read(empty))).toEqual(needs);
		},
	);

	it("has info as its log level unless another is set", () => {
		expect(renewalEnv(complete).LOG_LEVEL).toBe("info");
		expect(renewalEnv({ ...complete, LOG_LEVEL: "debug" }).LOG_LEVEL).toBe("debug");
	});

	it.each([
		{ key: "AWS_REGION", value: "us-east" },
		{ key: "LOG_LEVEL", value: "verbose" },
		{ key: "CELLS_TABLE", value: "a b" },
		{ key: "CHECKS_QUEUE_URL", value: "cell-checks" },
		{ key: "POD_SCHEDULED_DLQ_URL", value: "https://user:word@host/1/x" },
		{ key: "CONTROLLER_ID", value: "Dev_1" },
	])("is refused when $key is $value", ({ key, value }) => {
		expect(() => launchEnv({ ...complete, [key]: value })).toThrow(
			expect.objectContaining({
				reason: "InvalidEnvironment",
				faults: [expect.objectContaining({ path: key, value })],
			}),
		);
	});

	it("never shows what was put in the place of the authority's name", () => {
		const pasted = { ...complete, AUTHORITY_PARAMETER: '{"privateKeyPem":"SECRET"}' };
		expect(() => renewalEnv(pasted)).toThrow(
			expect.objectContaining({ message: expect.not.stringContaining("SECRET") }),
		);
	});
});

/** The paths of faults that say Required, sorted. */
function missingIn(read: () => unknown): string[] {
	try {
		read();
	} catch (error) {
		return String(error instanceof Error ? error.message : error)
			.split("\n")
			.filter((line) => line.includes(": Required: "))
			.map((line) => line.slice(0, line.indexOf(":")))
			.sort();
	}
	return [];
}
