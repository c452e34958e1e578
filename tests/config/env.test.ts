import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
	imagesEnv,
	interruptionsEnv,
	janitorEnv,
	launchEnv,
	marketEnv,
	readinessEnv,
	reconcileEnv,
	renewalEnv,
	terminateEnv,
} from "../../shared/config/env.ts";
import { parseProvider } from "../../shared/config/provider.ts";

const complete = {
	AWS_REGION: "us-east-1",
	CELLS_TABLE: "cells",
	IMAGES_TABLE: "images",
	OFFERINGS_TABLE: "offerings",
	CREDENTIALS_TABLE: "credentials",
	LEDGER_TABLE: "ledger",
	CHECKS_QUEUE_URL: "https://sqs.us-east-1.amazonaws.com/123456789012/cell-checks",
	POD_SCHEDULED_URL: "http://127.0.0.1:4566/000000000000/pod-scheduled",
	POD_SCHEDULED_DLQ_URL: "http://127.0.0.1:4566/000000000000/pod-scheduled-dlq",
	POD_DELETED_URL: "http://127.0.0.1:4566/000000000000/pod-deleted",
	POD_DELETED_DLQ_URL: "http://127.0.0.1:4566/000000000000/pod-deleted-dlq",
	EVENT_BUS: "arn:aws:events:us-east-1:123456789012:event-bus/cells",
	AUTHORITY_PREFIX: "/cellwright/dev/authority",
	CONTROLLER_ID: "dev",
	PROVIDER_FILE: "provider.yaml",
	PATH: "/usr/bin",
};

const picked = (keys: readonly string[]) =>
	Object.fromEntries(Object.entries(complete).filter(([key]) => keys.includes(key)));

describe("the environment of a function", () => {
	it.each([
		{
			name: "launch",
			read: launchEnv,
			needs: [
				"AUTHORITY_PREFIX",
				"AWS_REGION",
				"CELLS_TABLE",
				"CHECKS_QUEUE_URL",
				"CONTROLLER_ID",
				"IMAGES_TABLE",
				"LEDGER_TABLE",
				"OFFERINGS_TABLE",
				"POD_SCHEDULED_DLQ_URL",
				"POD_SCHEDULED_URL",
				"PROVIDER_FILE",
			],
		},
		{
			name: "readiness",
			read: readinessEnv,
			needs: ["AWS_REGION", "CELLS_TABLE", "CONTROLLER_ID", "CREDENTIALS_TABLE", "IMAGES_TABLE"],
		},
		{
			name: "terminate",
			read: terminateEnv,
			needs: [
				"AWS_REGION",
				"CELLS_TABLE",
				"CONTROLLER_ID",
				"POD_DELETED_DLQ_URL",
				"POD_DELETED_URL",
			],
		},
		{
			name: "reconcile",
			read: reconcileEnv,
			needs: [
				"AWS_REGION",
				"CELLS_TABLE",
				"CONTROLLER_ID",
				"EVENT_BUS",
				"LEDGER_TABLE",
				"POD_SCHEDULED_URL",
			],
		},
		{
			name: "images",
			read: imagesEnv,
			needs: ["AWS_REGION", "CONTROLLER_ID", "IMAGES_TABLE", "PROVIDER_FILE"],
		},
		{
			name: "interruptions",
			read: interruptionsEnv,
			needs: ["AWS_REGION", "CELLS_TABLE", "CONTROLLER_ID", "OFFERINGS_TABLE", "PROVIDER_FILE"],
		},
		{
			name: "janitor",
			read: janitorEnv,
			needs: [
				"AWS_REGION",
				"CELLS_TABLE",
				"CHECKS_QUEUE_URL",
				"CONTROLLER_ID",
				"LEDGER_TABLE",
				"POD_SCHEDULED_URL",
				"PROVIDER_FILE",
			],
		},
		{
			name: "market",
			read: marketEnv,
			needs: ["AWS_REGION", "CONTROLLER_ID", "OFFERINGS_TABLE"],
		},
		{
			name: "renewal",
			read: renewalEnv,
			needs: ["AUTHORITY_PREFIX", "AWS_REGION", "CONTROLLER_ID", "CREDENTIALS_TABLE"],
		},
	])(
		"of $name holds what it needs, and names everything that is missing at once",
		({ read, needs }) => {
			expect(read(complete)).toMatchObject({ LOG_LEVEL: "info", ...picked(needs) });
			expect(read(complete)).not.toHaveProperty("PATH");
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
		{ key: "POD_SCHEDULED_URL", value: "ftp://host/1/x" },
		{ key: "FIRST_CHECK_SECONDS", value: "901" },
		{ key: "FIRST_CHECK_SECONDS", value: "1.5" },
		{ key: "CONTROLLER_ID", value: "Dev_1" },
	])("is refused when $key is $value", ({ key, value }) => {
		expect(() => launchEnv({ ...complete, [key]: value })).toThrow(
			expect.objectContaining({
				reason: "InvalidEnvironment",
				faults: [expect.objectContaining({ path: key, value })],
			}),
		);
	});

	it("reads times as numbers, or has a default", () => {
		expect(launchEnv(complete).FIRST_CHECK_SECONDS).toBe(20);
		expect(launchEnv({ ...complete, FIRST_CHECK_SECONDS: "1" }).FIRST_CHECK_SECONDS).toBe(1);
		const readiness = readinessEnv({ ...complete, BOOT_TIMEOUT_SECONDS: "60" });
		expect(readiness).toMatchObject({ BOOT_TIMEOUT_SECONDS: 60, LAUNCH_TIMEOUT_SECONDS: 900 });
	});

	it("tells readiness the rules of losses, or has provider.yaml's defaults", () => {
		const { cells } = parseProvider(readFileSync("provider.yaml", "utf8")).config;
		expect(readinessEnv(complete)).toMatchObject({
			BOOT_ATTEMPTS: cells.bootAttempts,
			REPLACE_LOST: cells.replaceLost,
			LOSSES_PER_HOUR: cells.lossesPerHour,
			CAPACITY_TIMEOUT_SECONDS: cells.capacityTimeoutSeconds,
		});
		const rules = { BOOT_ATTEMPTS: "1", REPLACE_LOST: "false", LOSSES_PER_HOUR: "10" };
		expect(readinessEnv({ ...complete, ...rules })).toMatchObject({
			BOOT_ATTEMPTS: 1,
			REPLACE_LOST: false,
			LOSSES_PER_HOUR: 10,
		});
		for (const [key, value] of [
			["BOOT_ATTEMPTS", "0"],
			["LOSSES_PER_HOUR", "11"],
			["REPLACE_LOST", "no"],
		] as const)
			expect(() => readinessEnv({ ...complete, [key]: value })).toThrow(key);
	});

	it.each([
		{ when: "in the place of the authority's name", AUTHORITY_PREFIX: "{SECRET}" },
		{ when: "in a queue's URL", CHECKS_QUEUE_URL: "https://user:SECRET@host/1/x" },
	])("never shows what may be a secret $when", ({ when: _, ...pasted }) => {
		expect(() => launchEnv({ ...complete, ...pasted })).toThrow(
			expect.objectContaining({ message: expect.not.stringContaining("SECRET") }),
		);
	});

	it("has the cells' security group only where there is one", () => {
		const variables = { ...complete, CELLS_SECURITY_GROUP: "" };
		expect(launchEnv(variables).CELLS_SECURITY_GROUP).toBeUndefined();
		const group = "sg-0123456789abcdef0";
		expect(launchEnv({ ...complete, CELLS_SECURITY_GROUP: group }).CELLS_SECURITY_GROUP).toBe(
			group,
		);
		expect(() => launchEnv({ ...complete, CELLS_SECURITY_GROUP: "cells" })).toThrow(
			/CELLS_SECURITY_GROUP: Invalid/,
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
