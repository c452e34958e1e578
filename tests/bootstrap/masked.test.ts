import fc from "fast-check";
import { dump, load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { cloudConfigRenderer } from "../../shared/bootstrap/cloud-config.ts";
import { maskedCredentials, maskedSettings } from "../../shared/bootstrap/masked.ts";
import { placeholderCredentials } from "../support/placeholder-credentials.ts";

const masked = (cloudInit: string, showContent = false): string =>
	maskedSettings({ cellConfig: {}, cloudInit }, showContent).cloudInit ?? "";

const pem = "-----BEGIN OPENSSH PRIVATE KEY-----\nhush\n-----END OPENSSH PRIVATE KEY-----\n";

describe("masked settings", () => {
	it("show everything of the operator's file but what its files hold", () => {
		const text = masked(
			"packages: [jq]\nwrite_files:\n- path: /a\n  permissions: '0600'\n  content: |\n    hush\nruncmd:\n- date\n",
		);
		expect(text).toBe(
			"packages: [jq]\nwrite_files:\n- path: /a\n  permissions: '0600'\n  content: \"(content, 5 bytes)\"\nruncmd:\n- date\n",
		);
	});

	it.each([
		{ where: "in text of another type", cloudInit: "write_files: [{content: !!binary aHVzaA==}]" },
		{ where: "behind an alias", cloudInit: "a: &x hush\nwrite_files: [{path: /a, content: *x}]" },
		{ where: "behind a merge", cloudInit: "a: &f {content: hush}\nwrite_files: [{<<: *f}]" },
		{ where: "under an alias for a key", cloudInit: "a: &k content\nb: {*k : hush}" },
		{ where: "under a password", cloudInit: "users: [{name: a, passwd: hush}]" },
		{ where: "in a list of passwords", cloudInit: 'chpasswd: {list: ["a:hush"]}' },
	])("hide what stands $where", ({ cloudInit }) => {
		expect(masked(cloudInit)).not.toMatch(/hush|aHVza/);
		expect(() => load(masked(cloudInit))).not.toThrow();
	});

	it("show content that shall be shown, but never keys and passwords", () => {
		const file = dump({
			write_files: [
				{ path: "/a", content: "plain" },
				{ path: "/b", content: pem },
			],
			ssh_keys: { rsa_private: pem },
			password: "hush",
		});
		expect(masked(file, true)).toContain("plain");
		expect(masked(file, true)).not.toMatch(/hush|BEGIN/);
	});

	it("hide cellConfig unless it shall be shown, and passwords in addresses always", () => {
		const settings = {
			cellConfig: { a: "hush", b: pem },
			itzoUrl: "https://user:hush@example.com/itzo",
		};
		expect(JSON.stringify(maskedSettings(settings, false))).not.toContain("hush");
		expect(maskedSettings(settings, true)).toEqual({
			cellConfig: { a: "hush", b: `(text, ${pem.length} bytes)` },
			itzoUrl: "https://(masked)@example.com/itzo",
		});
	});

	it("never let a file's content through, whatever it is", () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: "grapheme" })), fc.boolean(), (contents, flow) => {
				const secrets = contents.map((content) => `h.u.s.h${content}`);
				const write_files = secrets.map((content) => ({ path: "/a", content }));
				const text = masked(dump({ write_files, hostname: "x" }, { flowLevel: flow ? 1 : -1 }));
				expect(text).not.toContain("h.u.s.h");
				expect(load(text)).toMatchObject({ hostname: "x" });
			}),
		);
	});
});

describe("masked user data", () => {
	it("is the real one with notes in the place of keys and certificates", () => {
		const lines = cloudConfigRenderer({ cellConfig: {} })(
			maskedCredentials(placeholderCredentials),
			"x86_64",
		).map(({ text }) => text);
		expect(lines.join("")).toMatch(/server\.key\n.*\n.*\n.*\n {4}\(private key, \d+ bytes\)\n/);
		expect(lines.join("")).not.toContain("BEGIN");
	});
});
