import { generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { consoleTail } from "../../shared/instances/console-text.ts";
import { processorMs } from "../support/processor-time.ts";

const { privateKey } = generateKeyPairSync("rsa", {
	modulusLength: 2048,
	publicKeyEncoding: { type: "spki", format: "pem" },
	privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const keyLines = privateKey.trim().split("\n");
/** Any part of the key that would be of use to somebody. */
const shown = (text: string): string[] =>
	keyLines
		.slice(1, -1)
		.flatMap((line) => [line.slice(0, 12), line.slice(-12)])
		.filter((part) => text.includes(part));
const userData = `#cloud-config\nwrite_files:\n- content: |\n    ${keyLines.join("\n    ")}\n`;

describe("a console's tail", () => {
	it("is what stands at the end, as text for people", () => {
		expect(consoleTail("[    0.1] Linux\r\n[    0.2] ready\r\n")).toBe(
			"[    0.1] Linux\n[    0.2] ready",
		);
		const long = Array.from({ length: 5_000 }, (_, line) => `line ${line}`).join("\n");
		expect(consoleTail(long)).toHaveLength(4_096);
		expect(consoleTail(long)).toMatch(/line 4999$/);
	});

	it.each([
		{ what: "colours", output: "\u001b[0;32m  OK  \u001b[0m started", text: "OK   started" },
		{ what: "titles", output: "\u001b]0;owned\u0007boot", text: "boot" },
		{ what: "cursor movements", output: "\u001b[2J\u001b[1;1Hboot", text: "boot" },
		{ what: "characters that control", output: "a\u0000\u0008b\u009b31mc\td", text: "abc\td" },
		{ what: "turned text", output: "a\u202eb\u2066c", text: "abc" },
		{ what: "half a character", output: "a\ud800", text: "a\ufffd" },
	])("holds no $what", ({ output, text }) => {
		expect(consoleTail(output)).toBe(text);
	});

	it.each([
		{ how: "as it is", output: `before\n${privateKey}after` },
		{
			how: "behind the time of each line",
			output: keyLines.map((l) => `[ 12.3] ci: ${l}`).join("\n"),
		},
		{ how: "without its beginning", output: `${keyLines.slice(3).join("\n")}\nafter` },
		{ how: "without its end", output: `before\n${keyLines.slice(0, 9).join("\n")}` },
		{ how: "cut off within a line", output: privateKey.slice(100) },
		{ how: "without both ends", output: `before\n${keyLines.slice(4, 9).join("\n")}\nafter` },
		{ how: "on one line", output: `key: ${JSON.stringify(privateKey)}` },
		{ how: "in colour", output: keyLines.map((l) => `\u001b[31m${l}\u001b[0m`).join("\r\n") },
		{ how: "in user data", output: `user-data: ${userData}` },
		{ how: "in user data that is cut off", output: userData.slice(300) },
	])("holds nothing of a private key $how", ({ output }) => {
		const text = consoleTail(output);
		expect(shown(text)).toEqual([]);
		expect(text).toContain("masked]");
		if (output.startsWith("before")) expect(text).toMatch(/^before/);
	});

	it("keeps what stands after a key", () => {
		expect(consoleTail(`${privateKey}after`)).toBe("[PEM masked]\nafter");
		expect(consoleTail(`before\n${keyLines.slice(3).join("\n")}\nafter`)).toBe(
			"before\n[PEM masked]\nafter",
		);
	});

	it.each([64, 76, 100_000])(
		"holds nothing of user data in base64, %i characters a line",
		(width) => {
			const encoded = Buffer.from(userData).toString("base64");
			const lines = encoded.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
			const text = consoleTail(`before\n${lines.join("\n")}\nafter it`);
			for (const line of lines) expect(text).not.toContain(line.slice(0, 40));
			expect(text).toMatch(/^before\n/);
			expect(text).toMatch(/\nafter it$/);
		},
	);

	it.each([
		{ output: "get https://user:s3cret@example.com/itzo", hidden: "s3cret" },
		{ output: "password: hunter2", hidden: "hunter2" },
		{ output: 'registryToken="abcd"', hidden: "abcd" },
		{ output: "key AKIAIOSFODNN7EXAMPLE", hidden: "AKIAIOSFODNN7EXAMPLE" },
	])("holds no password: $output", ({ output, hidden }) => {
		expect(consoleTail(output)).not.toContain(hidden);
	});

	it("shows what a boot says, as it is", () => {
		const boot = [
			"[    1.204] EXT4-fs (nvme0n1p1): mounted filesystem with ordered data mode.",
			"cloud-init[612]: Cloud-init v. 22.4.2 running 'modules:config'",
			"-----------------------------------------------------------------------",
			"systemd[1]: Failed to start itzo.service: Unit not found",
		].join("\n");
		expect(consoleTail(boot)).toBe(boot);
	});

	it("is made of whatever a machine writes, in time", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", maxLength: 5_000 }), (output) => {
				const text = consoleTail(output);
				return text.length <= 4_096 && text.isWellFormed() && !/(?![\n\t])\p{Cc}/u.test(text);
			}),
		);
		const hostile = [
			"a".repeat(65_536),
			`${"1".repeat(70)}\n${"a".repeat(65_000)}!`,
			"-----BEGIN A".repeat(6_000),
			"-----END A-----\n".repeat(4_096),
			"//".repeat(32_768),
			"password".repeat(8_192),
			"\u001b[".repeat(32_768),
			"\u001b]".repeat(32_768),
			" ".repeat(65_536),
		];
		const ms = processorMs(() => {
			for (const output of hostile) consoleTail(output);
		});
		expect(ms).toBeLessThan(2_000);
	});
});
