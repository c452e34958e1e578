import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import type { CellFilesIn, CellSettings } from "../../shared/bootstrap/model.ts";
import { userDataRenderer } from "../../shared/bootstrap/user-data.ts";
import { anAuthority, anIdentityPlan } from "../support/authorities.ts";

const run = promisify(execFile);

/** The version of Canonical's cloud-init on this machine; undefined where there is none. */
const version = await run("cloud-init", ["--version"]).then(
	({ stdout, stderr }) => (stdout || stderr).trim(),
	() => undefined,
);
if (version === undefined)
	process.stderr.write(
		"skipped: there is no cloud-init on this machine (Debian, Ubuntu: apt-get install cloud-init)\n",
	);

/** Whether `cloud-init schema` takes it; its words if not, which quote the file. */
async function verdict(text: string): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "cellwright-schema-"));
	const file = join(folder, "user-data");
	await writeFile(file, text, { mode: 0o600 });
	try {
		const { stdout } = await run("cloud-init", ["schema", "--config-file", file]);
		return /^Valid (schema|cloud-config)/.test(stdout) ? "valid" : stdout;
	} catch (error) {
		return String(error instanceof Error && "stderr" in error ? error.stderr : error);
	} finally {
		await rm(folder, { recursive: true });
	}
}

const operatorFile = `#cloud-config
packages: [jq, nfs-common]
apt:
  preserve_sources_list: true
  sources:
    mirror: { source: "deb https://mirror.example.com/debian stable main" }
ntp:
  servers: [169.254.169.123]
mounts:
  - [tmpfs, /scratch, tmpfs, "size=1g"]
users:
  - name: ops
    groups: [sudo]
    lock_passwd: true
write_files:
  - path: /etc/motd
    permissions: "0644"
    owner: root:root
    content: |
      Belongs to a pod.
  - { path: /etc/banner, encoding: b64, content: aGVsbG8= }
  - path: /etc/packed
    encoding: gz+b64
    content: H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA==
runcmd:
  - systemctl restart auditd
  - [sh, -c, "echo done"]
final_message: booted
`;

type Case = Readonly<{
	when: string;
	settings?: Partial<CellSettings>;
	architecture?: "x86_64" | "arm64";
	filesIn?: CellFilesIn;
	maxLifetimeSeconds?: number;
}>;

const everything = {
	itzoVersion: "1.2.1",
	itzoUrl: "https://downloads.example.com/itzo/",
	cellConfig: { "itzoFlag-port": "6421", answer: "yes", zero: "007", text: 'a "b": c\n#d' },
};

const cases: readonly Case[] = [
	{ when: "nothing is set" },
	{ when: "everything is set", settings: { ...everything, cloudInit: operatorFile } },
	{
		when: "arm64 cells take the latest agent",
		settings: { itzoVersion: "latest" },
		architecture: "arm64",
	},
	{
		when: "the operator has no files",
		settings: { cloudInit: "hostname: cell\nruncmd: [date]\n" },
	},
	{
		when: "the operator writes JSON",
		settings: {
			cloudInit: '{"write_files": [{"path": "/a", "content": "b: c"}], "timezone": "UTC"}',
		},
	},
	{
		when: "the operator has anchors and folded lines",
		settings: {
			cloudInit:
				"write_files:\n- &f {path: /a, owner: root, content: x}\n- {<<: *f, path: /b}\nruncmd:\n- >\n  echo one\n  two\n",
		},
	},
	{
		when: "it is compressed",
		settings: {
			cloudInit: `write_files:\n- {path: /a, content: "${"a pod's own cell ".repeat(1_200)}"}\n`,
		},
	},
	{ when: "parameters hold the files, and the operator has none", filesIn: "parameter-store" },
	{
		when: "parameters hold the files, and the operator has some",
		settings: { cloudInit: operatorFile },
		filesIn: "parameter-store",
	},
	{ when: "cells end themselves", maxLifetimeSeconds: 259_200 },
	{
		when: "cells end themselves, and the operator has commands",
		settings: { cloudInit: operatorFile },
		maxLifetimeSeconds: 259_200,
	},
];

describe.skipIf(version === undefined)(`Canonical's own word (${version ?? "not here"})`, () => {
	const { issuer } = anAuthority();
	const { credentials } = issuer.cell(anIdentityPlan());

	it.concurrent.each(cases)(
		"is that our user data is valid when $when",
		async ({
			settings = {},
			architecture = "x86_64",
			filesIn = "user-data",
			maxLifetimeSeconds,
		}) => {
			const { cloudInit = "" } = settings;
			expect(checkCloudInit(cloudInit, "canonical").faults).toEqual([]);
			const render = userDataRenderer({ cellConfig: {}, ...settings });
			const bytes = Buffer.from(render(credentials, architecture, filesIn, maxLifetimeSeconds));
			const isPacked = bytes[0] === 0x1f;
			expect(await verdict((isPacked ? gunzipSync(bytes) : bytes).toString())).toBe("valid");
		},
	);

	it("is no for what isn't", async () => {
		expect(await verdict("#cloud-config\npackages: 5\n")).toContain("packages");
	});
});
