import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyCloudInit } from "../../../../infra/local/cell/cloud-init.ts";

const metadata = { hostname: "ip-127-1-0-4.ec2.internal other", localIpv4: "127.1.0.4" };
const apply = (text: string | Buffer) => applyCloudInit(Buffer.from(text), metadata);

/** Path → content, without the file that cloud-init writes by itself. */
const written = (text: string | Buffer): Record<string, string> =>
	Object.fromEntries(
		[...apply(text).files]
			.filter(([path]) => path !== "/etc/environment")
			.map(([path, { content }]) => [path, content.toString()]),
	);

const oneFile = (fields: string): string => `write_files:\n- path: /f\n  ${fields}\n`;
const base64 = (bytes: string | Buffer): string => Buffer.from(bytes).toString("base64");

describe("write_files", () => {
	it.each([
		{
			when: "the first line is Canonical's",
			text: `#cloud-config\n${oneFile("content: a")}`,
			content: "a",
		},
		{ when: "there is no first line", text: oneFile("content: a"), content: "a" },
		{
			when: "it is written with a dash",
			text: "write-files: [{path: /f, content: a}]",
			content: "a",
		},
		{ when: "the path is relative", text: "write_files: [{path: f, content: a}]", content: "a" },
		{ when: "a number is the content", text: oneFile("content: 5"), content: "5" },
		{ when: "a YAML 1.1 boolean is the content", text: oneFile("content: yes"), content: "yes" },
		{ when: "an octal is the content", text: oneFile("content: 0644"), content: "0644" },
		{ when: "a tag says that it is a number", text: oneFile("content: !!int 07"), content: "07" },
		{ when: "there is no content", text: oneFile("owner: root"), content: "" },
		{ when: "the content is a list", text: oneFile("content: [a]"), content: "" },
		{
			when: "YAML carries it in base64",
			text: oneFile(`content: !!binary ${base64("a")}`),
			content: "a",
		},
		{ when: "a key stands there twice", text: oneFile("content: a\n  content: b"), content: "b" },
		{
			when: "another document follows",
			text: `${oneFile("content: a")}---\nwrite_files: []\n`,
			content: "a",
		},
		{
			when: "an entry isn't a mapping",
			text: "write_files: [1, {path: /f, content: a}]",
			content: "a",
		},
		{
			when: "keys are unknown",
			text: `packages: [x]\n${oneFile("content: a\n  defer: true")}`,
			content: "a",
		},
		{
			when: "merge keys are used",
			text: "x: &x {content: a}\nwrite_files: [{<<: *x, path: /f}]",
			content: "a",
		},
		{
			when: "the address is asked for",
			text: oneFile("content: at $private_ipv4!"),
			content: "at 127.1.0.4!",
		},
		{
			when: "an unknown address is asked for",
			text: oneFile("content: at $public_ipv4!"),
			content: "at !",
		},
		{
			when: "the question is escaped",
			text: oneFile("content: at \\$private_ipv4"),
			content: "at $private_ipv4",
		},
	])("takes the content when $when", ({ text, content }) => {
		expect(written(text)).toEqual({ "/f": content });
		expect(written(gzipSync(text))).toEqual({ "/f": content });
	});

	it.each(["b64", "base64"])("undoes %s, with line breaks", (encoding) => {
		const [first, rest] = [base64("hello").slice(0, 4), base64("hello").slice(4)];
		const text = oneFile(`encoding: ${encoding}\n  content: |\n    ${first}\n    ${rest}`);
		expect(written(text)).toEqual({ "/f": "hello" });
	});

	it.each(["gz+base64", "gzip+base64", "gz+b64", "gzip+b64"])("undoes %s", (encoding) => {
		const text = oneFile(`encoding: ${encoding}\n  content: ${base64(gzipSync("hello"))}`);
		expect(written(text)).toEqual({ "/f": "hello" });
	});

	it.each(["gz", "gzip"])("undoes %s over YAML's binary", (encoding) => {
		const text = oneFile(`encoding: ${encoding}\n  content: !!binary ${base64(gzipSync("hello"))}`);
		expect(written(text)).toEqual({ "/f": "hello" });
	});

	it.each([
		{ when: "the encoding is unknown", fields: "encoding: rot13\n  content: a" },
		{ when: "base64 has a foreign letter", fields: "encoding: b64\n  content: a*b=" },
		{ when: "base64 lacks its padding", fields: "encoding: b64\n  content: aGk" },
		{ when: "gzip isn't", fields: "encoding: gz\n  content: aGk=" },
		{ when: "gzip in base64 isn't", fields: "encoding: gz+b64\n  content: aGk=" },
	])("are all discarded when $when, certificates too", ({ fields }) => {
		const text = `write_files:\n- path: /tmp/itzo/ca.crt\n  content: x\n- path: /f\n  ${fields}\nhostname: a\n`;
		const { files, hostname, problems } = apply(text);
		expect([...files.keys()]).toEqual([]);
		expect(hostname).toBe("ip-127-1-0-4");
		expect(problems).toHaveLength(1);
	});

	it.each([
		{ permissions: '"0400"', mode: 0o400 },
		{ permissions: "0400", mode: 0o400 },
		{ permissions: "600", mode: 0o600 },
		{ permissions: '""', mode: 0o644 },
		{ permissions: "0o600", mode: undefined },
		{ permissions: "rw", mode: undefined },
		{ permissions: "0800", mode: undefined },
	])("have the mode $mode for permissions $permissions", ({ permissions, mode }) => {
		const { files } = apply(oneFile(`content: a\n  permissions: ${permissions}`));
		expect(files.get("/f")?.mode).toBe(mode);
	});

	it("keep their owner, and the last of a path wins", () => {
		const { files } = apply(
			"write_files:\n- {path: /f, content: a}\n- {path: /x/../f, content: b, owner: root:root}\n",
		);
		expect(files.get("/f")).toEqual({ content: Buffer.from("b"), mode: 0o644, owner: "root:root" });
	});
});

describe("the rest of cloud-config", () => {
	it("writes milpa_files after write_files, and never decodes them", () => {
		const text = `milpa_files:\n- {path: /f, content: b}\n- {path: /g, content: aGk=, encoding: b64}\n${oneFile("content: a")}`;
		expect(written(text)).toEqual({ "/f": "b" });
		expect(apply(text).problems).toEqual(["milpa_files[1]: encodings aren't supported here"]);
	});

	it("takes the user's hostname before the metadata's", () => {
		expect(apply("hostname: web").hostname).toBe("web");
		expect(apply("").hostname).toBe("ip-127-1-0-4");
	});

	it("records commands, and runs none", () => {
		const text = "runcmd:\n- touch /tmp/x\n- 5\n- null\n- [nested]\n";
		expect(apply(text).runcmd).toEqual(["touch /tmp/x", "5", ""]);
		expect(apply("runcmd: reboot").runcmd).toEqual([]);
	});

	it("writes the address into /etc/environment, unless a file does", () => {
		const environment = (text: string) =>
			apply(text).files.get("/etc/environment")?.content.toString();
		expect(environment("")).toBe("MILPA_PRIVATE_IPV4=127.1.0.4\n");
		expect(environment("write_files: [{path: /etc/environment, content: A=1}]")).toBe("A=1");
	});

	it.each(["", "#cloud-config\n", "{}", "#!/bin/sh\n", "just words", "[]", "null"])(
		"does nothing for %j, without complaint",
		(text) => {
			expect(written(text)).toEqual({});
			expect(apply(text).problems).toEqual([]);
		},
	);

	it("discards what isn't YAML, and doesn't quote it", () => {
		const { files, problems } = apply("key: 'SECRET\n  : - {");
		expect(files.size).toBe(0);
		expect(problems).toEqual(["user data can't be read"]);
	});

	it("survives a gzip bomb and random bytes", () => {
		expect(apply(gzipSync(Buffer.alloc(8 * 1_048_576))).files.size).toBe(0);
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
				expect(apply(Buffer.from(bytes)).hostname).not.toBe("");
			}),
		);
	});
});
