import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import type { CellSettings } from "../../shared/bootstrap/model.ts";
import { userDataRenderer } from "../../shared/bootstrap/user-data.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import type { Architecture } from "../../shared/offerings/model.ts";
import { placeholderCredentials } from "../support/placeholder-credentials.ts";

const settings = (over: Partial<CellSettings> = {}): CellSettings => ({ cellConfig: {}, ...over });
const render = (over: Partial<CellSettings> = {}, architecture: Architecture = "x86_64") =>
	Buffer.from(userDataRenderer(settings(over))(placeholderCredentials, architecture));
/** A cloud-init file with one file of so many characters, which compress badly. */
const noise = (length: number): string => {
	const text = Array.from({ length: Math.ceil(length / 64) }, (_, index) =>
		createHash("sha256").update(String(index)).digest("hex"),
	).join("");
	return `write_files:\n- path: /etc/noise\n  content: ${text.slice(0, length)}\n`;
};

const everything = {
	itzoVersion: "1.1.5",
	itzoUrl: "https://downloads.example.com/itzo/",
	cellConfig: { "itzoFlag-port": "6421", imageCacheEndpoint: "10.0.0.9:/cache", answer: "yes" },
};

const operatorFile = `#cloud-config
# What our security people want on every machine.
packages: [auditd, jq]
apt:
  preserve_sources_list: true
write_files:
  - path: /etc/motd
    owner: root:root
    permissions: '0644'
    content: |
      Belongs to a pod.

      Be kind.
  - path: /etc/banner
    encoding: b64
    content: aGVsbG8=
  - {path: /etc/enabled, content: yes}
runcmd:
  - systemctl restart auditd
  - echo "done: $(date)"
users:
  - name: ops
    groups: [wheel]
`;

describe("user data, byte for byte", () => {
	it.each([
		{ name: "nothing-set", over: {} },
		{ name: "everything-set", over: everything },
		{ name: "arm64-latest", over: { itzoVersion: "latest" }, architecture: "arm64" },
		{ name: "x86_64-latest", over: { itzoVersion: "latest" } },
		{ name: "operator-file", over: { ...everything, cloudInit: operatorFile } },
		{
			name: "operator-without-files",
			over: { cloudInit: "#cloud-config\nhostname: cell\nruncmd: [date]\n" },
		},
		{
			name: "operator-with-empty-files",
			over: { cloudInit: "write_files: []\nruncmd:\n- date\n" },
		},
		{
			name: "operator-with-flow-style",
			over: { cloudInit: '{"write_files": [{"path": "/a", "content": "b: c"}], "hostname": "x"}' },
		},
		{
			name: "operator-with-folded-lines",
			over: {
				cloudInit: `runcmd:\n- >\n  echo ${"a long line ".repeat(12)}\n  and another\n- "quoted\n  over lines"\n`,
			},
		},
		{
			name: "operator-with-kept-line-breaks",
			over: { cloudInit: "write_files:\n- path: /a\n  content: |+\n    text\n\n\nhostname: x\n" },
		},
		{
			name: "operator-with-anchors",
			over: {
				cloudInit:
					"write_files:\n- &f {path: /a, owner: root, content: x}\n- {<<: *f, path: /b}\nhostname: x\n",
			},
		},
		{
			name: "operator-with-ambiguous-scalars",
			over: {
				cloudInit:
					"timezone: 0x1F\nntp: [yes, no, on, ~, 1.10, 012, 1_000, 12:30, 2001-12-14, 0o7, 1e3]\n",
			},
		},
	] as const)("is the golden file $name", async ({ name, over, ...more }) => {
		const architecture = "architecture" in more ? more.architecture : "x86_64";
		const text = render(over, architecture).toString("utf8");
		await expect(text).toMatchFileSnapshot(`golden/${name}.yaml`);
	});
});

describe("the launcher's files", () => {
	const versionLine = (itzoVersion: string, architecture: Architecture = "x86_64") =>
		/itzo_version\n.*\n.*\n {2}content: (.*)\n/.exec(
			render({ itzoVersion }, architecture).toString(),
		)?.[1];

	it.each([
		["1.2", "v1.2"],
		["1.2.3", "v1.2.3"],
		["1.2.3-4-gabc", "v1.2.3-4-gabc"],
		["1.2.3-rc.1+build.5", "v1.2.3-rc.1+build.5"],
		[" 1.2.3\n", "v1.2.3"],
		["v1.2.3", "v1.2.3"],
		["latest", "latest"],
		["arm-latest", "arm-latest"],
		["532", '"532"'],
		["1", '"1"'],
		["1.2.3.4", "1.2.3.4"],
		["darwin-876", "darwin-876"],
		["", undefined],
		["  ", undefined],
	])("take version %j for %j, as Kip does", (version, content) => {
		expect(versionLine(version)).toBe(content);
	});

	it("ask for the arm binary by its own name", () => {
		expect(versionLine("latest", "arm64")).toBe("arm-latest");
		expect(versionLine("1.2.3", "arm64")).toBe("v1.2.3");
	});

	it("have a URL without a final slash, or none", () => {
		expect(render({ itzoUrl: "https://a/b//" }).toString()).toContain("content: https://a/b\n");
		expect(render({ itzoUrl: " / " }).toString()).not.toContain("itzo_url");
	});

	it("don't depend on the order in which cellConfig was written", () => {
		expect(render({ cellConfig: { b: "1", a: "2" } })).toEqual(
			render({ cellConfig: { a: "2", b: "1" } }),
		);
	});
});

describe("user data's size", () => {
	it("is left as text up to EC2's limit, and compressed from the next byte on", () => {
		const empty = render({ cloudInit: noise(64) }).length - 64;
		const fits = render({ cloudInit: noise(16_384 - empty) });
		expect(fits).toHaveLength(16_384);
		expect(fits.subarray(0, 14).toString()).toBe("#cloud-config\n");

		const more = noise(16_385 - empty);
		const packed = render({ cloudInit: more });
		expect([...packed.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
		expect(packed.length).toBeLessThan(16_384);
		expect(gunzipSync(packed)).toHaveLength(16_385);
	});

	it("is compressed to the same bytes on any system and at any time", () => {
		const cloudInit = noise(20_000);
		const packed = render({ cloudInit });
		expect(packed).toEqual(render({ cloudInit }));
		// Modification time and operating system, RFC 1952.
		expect([...packed.subarray(4, 8)]).toEqual([0, 0, 0, 0]);
		expect(packed[9]).toBe(255);
	});

	it("is refused above the limit with a table of bytes that shows no content", () => {
		let thrown: unknown;
		try {
			render({ ...everything, cloudInit: noise(40_000) });
		} catch (error) {
			thrown = error;
		}
		expect(thrown).toBeInstanceOf(ProvisionerError);
		expect(thrown).toMatchObject({ kind: "operator", reason: "UserDataTooLarge" });
		const text = String(thrown);
		expect(text).toMatch(/the operator's cloud-init file +40044\n/);
		expect(text).toMatch(/\/tmp\/itzo\/server\.key +\d+\n/);
		expect(text).toMatch(/together +\d+\ncompressed +\d+\nEC2's limit +16384$/);
		expect(text).not.toContain("PRIVATE KEY");
		expect(text).not.toContain(createHash("sha256").update("0").digest("hex"));
	});
});

describe("an operator's file that can't be merged", () => {
	it.each([
		{ when: "it is no YAML", cloudInit: "a: [", path: "(file)" },
		{ when: "it is a list", cloudInit: "- a", path: "(file)" },
		{ when: "write_files is a mapping", cloudInit: "write_files: {path: /a}", path: "write_files" },
		{
			when: "write_files is an alias",
			cloudInit: "a: &x []\nwrite_files: *x",
			path: "write_files",
		},
	])("is refused also here when $when", ({ cloudInit, path }) => {
		expect(() => render({ cloudInit })).toThrow(
			expect.objectContaining({
				kind: "invalid",
				reason: "InvalidCloudInit",
				faults: [expect.objectContaining({ path })],
			}),
		);
		expect(checkCloudInit(cloudInit, "elotl").faults).toMatchObject([{ path }]);
	});
});
