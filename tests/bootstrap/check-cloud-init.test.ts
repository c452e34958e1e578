import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { faultText } from "../../shared/errors.ts";
import { processorMs } from "../support/processor-time.ts";

const flavors = ["elotl", "canonical"] as const;
type Found = ReturnType<typeof checkCloudInit>;

const paths = (found: Found["faults"]): string[] => found.map(({ path }) => path);
/** A document of one file with these fields besides its path. */
const fileWith = (fields: string): string => `write_files:\n- path: /etc/a\n  ${fields}\n`;
const packed = gzipSync("hello").toString("base64");
const bomb = gzipSync(Buffer.alloc(8 * 2 ** 20)).toString("base64");

describe.each(flavors)("a cloud-init file for %s", (flavor) => {
	const check = (text: string): Found => checkCloudInit(text, flavor);

	it.each([
		{ when: "it is empty", text: "" },
		{ when: "it is a comment", text: "# nothing yet\n" },
		{ when: "it has only the header", text: "#cloud-config\n" },
		{ when: "it lacks the header", text: "runcmd:\n- date\n" },
		{ when: "it begins with a byte order mark", text: "\uFEFF#cloud-config\nruncmd: [date]\n" },
		{ when: "its lines end as on Windows", text: "#cloud-config\r\nruncmd:\r\n- date\r\n" },
		{ when: "a comment stands first", text: "# ours\nruncmd: [date]\n" },
		{
			when: "base64 is broken into lines",
			text: fileWith("encoding: b64\n  content: |\n    aGVs\n    bG8="),
		},
		{ when: "gzip is in base64", text: fileWith(`encoding: gz+b64\n  content: ${packed}`) },
		{ when: "gzip is binary", text: fileWith(`encoding: gzip\n  content: !!binary ${packed}`) },
		{ when: "permissions are as they should be", text: fileWith('permissions: "0644"') },
		{ when: "a path only looks like ours", text: "write_files:\n- path: /tmp/itzo/other\n" },
		{ when: "fields come from a merge", text: fileWith("<<: {owner: root, content: x}") },
		{ when: "keys are empty", text: "write_files:\nruncmd: ~\nusers:\n" },
	])("is fine when $when", ({ text }) => {
		expect(check(text)).toEqual({ faults: [], warnings: [] });
	});

	it.each([
		{ when: "it is a script", text: "#!/bin/sh\necho", at: ["line 1", "(file)"] },
		{ when: "it includes others", text: "#include\nhttps://a/b", at: ["line 1", "(file)"] },
		{ when: "it is a template", text: "## template: jinja\n#cloud-config\n", at: ["line 1"] },
		{ when: "it is an archive", text: "#cloud-config-archive\n- a", at: ["line 1", "(file)"] },
		{ when: "it is a boot hook", text: "#cloud-boothook\n", at: ["line 1"] },
		{
			when: "it is multipart",
			text: 'Content-Type: multipart/mixed; boundary="x"\n',
			at: ["line 1"],
		},
		{ when: "it doesn't parse", text: "a: [", at: ["(file)"] },
		{ when: "a key stands twice", text: "a: 1\na: 2\n", at: ["(file)"] },
		{ when: "an alias has no anchor", text: "a: *b\n", at: ["(file)"] },
		{ when: "an anchor is defined twice", text: "a: &x 1\nb: &x 2\n", at: ["(file)"] },
		{ when: "a tag is unknown", text: "a: !secret b\n", at: ["(file)"] },
		{ when: "there are two documents", text: "a: 1\n---\nb: 2\n", at: ["(file)"] },
		{ when: "there are directives", text: "%YAML 1.1\n---\na: 1\n", at: ["(file)"] },
		{ when: "it is a list", text: "- a\n", at: ["(file)"] },
		{ when: "a key is an alias", text: "hostname: &k write_files\n*k : []\n", at: ["(file)"] },
		{ when: "it is a text", text: "just words\n", at: ["(file)"] },
		{ when: "keys are merged at the top", text: "<<: {runcmd: [date]}\n", at: ["<<"] },
		{ when: "write_files is no list", text: "write_files: /a\n", at: ["write_files"] },
		{
			when: "write_files is an alias",
			text: "runcmd: &x []\nwrite_files: *x\n",
			at: ["write_files"],
		},
		{ when: "a file is no mapping", text: "write_files: [/a]\n", at: ["write_files[0]"] },
		{
			when: "a file has no path",
			text: "write_files: [{content: a}]\n",
			at: ["write_files[0].path"],
		},
		{ when: "a path is relative", text: "write_files: [{path: a}]\n", at: ["write_files[0].path"] },
		{
			when: "a path is ours",
			text: "write_files: [{path: /tmp/itzo/ca.crt}]\n",
			at: ["write_files[0].path"],
		},
		{
			when: "a path is ours in disguise",
			text: "write_files:\n- path: //tmp/./x/../itzo//server.key\n",
			at: ["write_files[0].path"],
		},
		{
			when: "a path is ours and relative",
			text: "write_files:\n- path: tmp/itzo/itzo_url\n",
			at: ["write_files[0].path", "write_files[0].path"],
		},
		{
			when: "a path is ours through an alias",
			text: "hostname: &p /tmp/itzo/itzo_url\nwrite_files:\n- path: *p\n",
			at: ["write_files[0].path"],
		},
		{ when: "content is a list", text: fileWith("content: [a]"), at: ["write_files[0].content"] },
		{ when: "an owner is a list", text: fileWith("owner: [a]"), at: ["write_files[0].owner"] },
		{
			when: "an encoding is unknown",
			text: fileWith("encoding: base32\n  content: a"),
			at: ["write_files[0].encoding"],
		},
		{
			when: "base64 lacks its padding",
			text: fileWith("encoding: b64\n  content: aGVsbG8"),
			at: ["write_files[0].content"],
		},
		{
			when: "gzip is text",
			text: fileWith("encoding: gzip\n  content: hello"),
			at: ["write_files[0].content"],
		},
		{
			when: "gzip is damaged",
			text: fileWith("encoding: gz+b64\n  content: aGVsbG8="),
			at: ["write_files[0].content"],
		},
		{
			when: "gzip is a bomb",
			text: fileWith(`encoding: gz+b64\n  content: ${bomb}`),
			at: ["write_files[0].content"],
		},
		...["644", "'644'", "0o600", "rw", "'0888'", "[4]"].map((permissions) => ({
			when: `permissions are ${permissions}`,
			text: fileWith(`permissions: ${permissions}`),
			at: ["write_files[0].permissions"],
		})),
		{ when: "runcmd is a text", text: "runcmd: date\n", at: ["runcmd"] },
		{ when: "a command became a mapping", text: "runcmd:\n- echo a: b\n", at: ["runcmd[0]"] },
	])("has a fault where $when", ({ text, at }) => {
		expect(paths(check(text).faults)).toEqual(at);
	});

	it.each([
		{
			when: "permissions aren't quoted",
			text: fileWith("permissions: 0644"),
			at: "write_files[0].permissions",
		},
		{ when: "a command is a number", text: "runcmd: [1]\n", at: "runcmd[0]" },
		{
			when: "a metadata variable is used",
			text: "hostname: x\nruncmd:\n- echo $private_ipv4\n",
			at: "line 3",
		},
	])("gets a warning when $when", ({ text, at }) => {
		expect(check(text).faults).toEqual([]);
		expect(paths(check(text).warnings)).toEqual([at]);
	});

	it("gets a warning when it leaves us little room, even compressed", () => {
		const text = Array.from({ length: 15_000 }, (_, i) => ((i * 7_919) % 65_537).toString(36)).join(
			"",
		);
		const { faults, warnings } = check(`hostname: "${text}"\n`);
		expect(faults).toEqual([]);
		expect(paths(warnings)).toContain("(file)");
	});

	it("is told all its faults at once", () => {
		const text = "#!/bin/sh\nwrite_files:\n- {path: a, permissions: 9}\n- b\nruncmd:\n- {a: b}\n";
		expect(paths(check(text).faults)).toEqual([
			"line 1",
			"write_files[0].path",
			"write_files[0].permissions",
			"write_files[1]",
			"runcmd[0]",
		]);
	});

	it.each([
		"write_files:\n- path: /a\n  encoding: b64\n  content: hush-hush\n",
		"password: hush-hush\n  broken: [\n",
		"runcmd:\n- {curl: hush-hush}\n",
	])("is never quoted where secrets may stand: %j", (text) => {
		const found = check(text);
		expect(found.faults).not.toEqual([]);
		expect([...found.faults, ...found.warnings].map(faultText).join()).not.toContain("hush");
	});

	it.each([
		{
			bomb: "aliases of aliases",
			text: Array.from(
				{ length: 30 },
				(_, i) =>
					`a${i}: &a${i} [${Array(9)
						.fill(i === 0 ? "x" : `*a${i - 1}`)
						.join(",")}]`,
			).join("\n"),
		},
		{
			bomb: "merges of merges",
			text: Array.from({ length: 200 }, (_, i) =>
				i === 0
					? "k0: &k0 {x: 1}"
					: `k${i}: &k${i} {<<: [${Array(9)
							.fill(`*k${i - 1}`)
							.join(",")}], y${i}: 1}`,
			).join("\n"),
		},
		{ bomb: "an alias within itself", text: "a: &a [*a]\n" },
		{ bomb: "deep nesting", text: "[".repeat(20_000) },
		{
			bomb: "deep nesting by indentation",
			text: Array.from({ length: 500 }, (_, i) => `${" ".repeat(i)}a:`).join("\n"),
		},
		{ bomb: "sheer length", text: `a: ${"x".repeat(2 ** 19)}` },
	])("is refused quickly and within its memory when it is a bomb of $bomb", ({ text }) => {
		const heap = process.memoryUsage().heapUsed;
		let faults: readonly string[] = [];
		const ms = processorMs(() => {
			faults = paths(check(text).faults);
		});
		expect(faults).toEqual(["(file)"]);
		expect(ms).toBeLessThan(1_000);
		expect(process.memoryUsage().heapUsed - heap).toBeLessThan(64 * 2 ** 20);
	});
});

describe("what one cloud-init drops and the other reads", () => {
	const nested = "runcmd:\n- [sh, -c, date]\n";
	it.each([
		{ what: "a nested command", text: nested, elotl: { fault: "runcmd[0]" }, canonical: {} },
		{
			what: "an unknown key",
			text: "packages: [jq]\n",
			elotl: { warning: "packages" },
			canonical: {},
		},
		{
			what: "a field of a file",
			text: fileWith("append: true"),
			elotl: { warning: "write_files[0].append" },
			canonical: {},
		},
		{
			what: "text/plain",
			text: fileWith("encoding: text/plain\n  content: a"),
			elotl: { fault: "write_files[0].encoding" },
			canonical: {},
		},
		{
			what: "a key with a dash",
			text: "write-files: []\n",
			elotl: { fault: "write-files" },
			canonical: { warning: "write-files" },
		},
		{
			what: "users that are no list",
			text: "users: ops\n",
			elotl: { fault: "users" },
			canonical: {},
		},
		{
			what: "a user without fields",
			text: "users: [default]\n",
			elotl: { warning: "users[0]" },
			canonical: {},
		},
		{
			what: "groups in one text",
			text: "users: [{name: a, groups: wheel}]\n",
			elotl: { warning: "users[0].groups" },
			canonical: {},
		},
		{
			what: "milpa_files at our paths",
			text: "milpa_files: [{path: /tmp/itzo/ca.crt}]\n",
			elotl: { fault: "milpa_files[0].path" },
			canonical: {},
		},
		{
			what: "milpa_files that are encoded",
			text: "milpa_files: [{path: /a, encoding: b64, content: aGVsbG8=}]\n",
			elotl: { fault: "milpa_files[0].encoding" },
			canonical: {},
		},
	])("is told apart: $what", ({ text, ...expected }) => {
		for (const flavor of flavors) {
			const { faults, warnings } = checkCloudInit(text, flavor);
			const wanted: { fault?: string; warning?: string } = expected[flavor];
			expect(paths(faults)).toEqual(wanted.fault === undefined ? [] : [wanted.fault]);
			expect(paths(warnings)).toEqual(wanted.warning === undefined ? [] : [wanted.warning]);
		}
	});
});
