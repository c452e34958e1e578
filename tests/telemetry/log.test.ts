import { describe, expect, it } from "vitest";
import { ProvisionerError } from "../../shared/errors.ts";
import { jsonLog, type LogLevel } from "../../shared/telemetry/log.ts";

const noon = new Date("2026-11-23T12:00:00.000Z");

const written = (level: LogLevel, use: (log: ReturnType<typeof jsonLog>) => void): unknown[] => {
	const lines: string[] = [];
	use(
		jsonLog(
			(line) => lines.push(line),
			level,
			() => noon,
			{ function: "launch" },
		),
	);
	return lines.map((line) => JSON.parse(line));
};

describe("the log", () => {
	it("writes one JSON object per line, with its time, its level and what is common", () => {
		expect(written("info", (log) => log.info("cell ready", { podUid: "3f2a" }))).toEqual([
			{
				time: noon.toISOString(),
				level: "info",
				message: "cell ready",
				function: "launch",
				podUid: "3f2a",
			},
		]);
	});

	it.each([
		{ level: "debug", lines: 4 },
		{ level: "info", lines: 3 },
		{ level: "warn", lines: 2 },
		{ level: "error", lines: 1 },
	] as const)("writes $lines of four levels at $level", ({ level, lines }) => {
		const all = written(level, (log) => {
			log.debug("a");
			log.info("b");
			log.warn("c");
			log.error("d");
		});
		expect(all).toHaveLength(lines);
	});

	it.each([
		{ what: "a key", fields: { credentials: { keyPem: "SECRET" } } },
		{ what: "user data", fields: { request: { userData: "SECRET" } } },
		{
			what: "environment values",
			fields: { container: { env: [{ name: "A", value: "SECRET" }] } },
		},
		{
			what: "a PEM block inside a text",
			fields: {
				detail: "x -----BEGIN EC PRIVATE KEY-----\nSECRET\n-----END EC PRIVATE KEY----- y",
			},
		},
		{ what: "a PEM block that was cut", fields: { detail: "-----BEGIN CERTIFICATE-----\nSECRET" } },
	])("never writes $what", ({ fields }) => {
		expect(JSON.stringify(written("debug", (log) => log.error("oops", fields)))).not.toContain(
			"SECRET",
		);
	});

	it("tells an understood error by kind and reason, any other by its stack, both with their cause", () => {
		const cause = new TypeError("socket hang up");
		const understood = new ProvisionerError("unavailable", "NoCapacity", "later", { cause });
		const [line] = written("info", (log) => log.error("failed", { error: understood }));
		expect(line).toMatchObject({
			error: {
				kind: "unavailable",
				reason: "NoCapacity",
				message: "later",
				cause: { name: "TypeError", message: "socket hang up" },
			},
		});
		const [other] = written("info", (log) => log.error("failed", { error: cause }));
		expect(other).toHaveProperty("error.stack");
	});
});
