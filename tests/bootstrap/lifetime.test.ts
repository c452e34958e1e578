import { execFile } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CORE_SCHEMA, load } from "js-yaml";
import { describe, expect, it, onTestFinished } from "vitest";
import * as z from "zod";
import { applyCloudInit } from "../../infra/local/cell/cloud-init.ts";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import type { CellFilesIn } from "../../shared/bootstrap/model.ts";
import { userDataRenderer } from "../../shared/bootstrap/user-data.ts";
import { placeholderCredentials } from "../support/placeholder-credentials.ts";

const run = promisify(execFile);

const userData = (
	cloudInit: string | undefined,
	lifetime: number | undefined,
	filesIn: CellFilesIn = "user-data",
): string => {
	const render = userDataRenderer({
		cellConfig: {},
		...(cloudInit === undefined ? {} : { cloudInit }),
	});
	return Buffer.from(render(placeholderCredentials, "x86_64", filesIn, lifetime)).toString();
};

/** As Canonical's cloud-init reads it. */
const read = (text: string) =>
	z
		.looseObject({ runcmd: z.array(z.unknown()).default([]) })
		.parse(load(text, { schema: CORE_SCHEMA }));

const ours = expect.stringContaining("259200 s after its boot");

describe("a cell's end of life in its user data", () => {
	it.each([
		{ when: "nobody else has commands", cloudInit: undefined, runcmd: [ours] },
		{ when: "the file is empty", cloudInit: "#cloud-config\n", runcmd: [ours] },
		{ when: "runcmd is empty", cloudInit: "runcmd:\n", runcmd: [ours] },
		{ when: "runcmd is an empty list", cloudInit: "runcmd: []\n", runcmd: [ours] },
		{
			when: "the operator has commands, of which one ends the script",
			cloudInit: "runcmd:\n- exit 0\n- [sh, -c, date]\n",
			runcmd: [ours, "exit 0", ["sh", "-c", "date"]],
		},
		{
			when: "they are in one line",
			cloudInit: "{hostname: a, runcmd: [a, 'b: c']}",
			runcmd: [ours, "a", "b: c"],
		},
		{
			when: "they have a name, and stand elsewhere as well",
			cloudInit: "runcmd: &all [a]\nbootcmd: *all\n",
			runcmd: [ours, "a"],
		},
		{
			when: "they stand elsewhere",
			cloudInit: "mine: {commands: &all [a, b]}\nruncmd: *all\n",
			runcmd: [ours, "a", "b"],
		},
	])("is the first command when $when", ({ cloudInit, runcmd }) => {
		for (const filesIn of ["user-data", "parameter-store"] as const) {
			const text = userData(cloudInit, 259_200, filesIn);
			expect(text).toMatch(/^#cloud-config\n/);
			expect(read(text).runcmd).toEqual(runcmd);
		}
	});

	it("leaves the operator's other keys and files alone, and ours", () => {
		const cloudInit =
			"users: [ops]\nwrite_files:\n- {path: /a, content: yes}\nruncmd: [a]\nhostname: h\n";
		const { runcmd: without, ...plain } = read(userData(cloudInit, undefined));
		const { runcmd: having, ...bound } = read(userData(cloudInit, 600));
		expect(bound).toEqual(plain);
		expect(having.slice(1)).toEqual(without);
	});

	it("is nothing at all, to the byte, when none is set", () => {
		const render = userDataRenderer({ cellConfig: {}, cloudInit: "runcmd: [a]\n" });
		const before = Buffer.from(render(placeholderCredentials, "x86_64"));
		expect(userData("runcmd: [a]\n", 600)).not.toBe(before.toString());
		// Also by a renderer that has rendered one.
		render(placeholderCredentials, "x86_64", "user-data", 600);
		expect(Buffer.from(render(placeholderCredentials, "x86_64"))).toEqual(before);
		expect(before.toString()).not.toContain("lifetime");
	});

	it("is the plan's own: two lifetimes are two texts, each the same every time", () => {
		expect(userData("runcmd: [a]\n", 600)).toBe(userData("runcmd: [a]\n", 600));
		expect(userData(undefined, 600)).not.toBe(userData(undefined, 601));
	});

	it("needs a list of commands to be added to", () => {
		expect(() => userData("runcmd: reboot\n", 600)).toThrow(
			"runcmd: must be a list of commands: cells.maxLifetime adds one",
		);
		// The check of the file says so at the start, whatever the lifetime.
		expect(checkCloudInit("runcmd: reboot\n", "elotl").faults).toEqual([
			{ path: "runcmd", problem: "must be a list of commands" },
		]);
	});

	it("is understood by elotl's reader, of text alone, and by the simulated cell", () => {
		const result = applyCloudInit(Buffer.from(userData("runcmd: [a]\n", 600)), {
			hostname: "ip-10-0-0-4",
			localIpv4: "10.0.0.4",
		});
		expect(result).toMatchObject({ powersOffAfterSeconds: 600, problems: [] });
		expect(result.runcmd).toEqual([expect.stringContaining("600 s"), "a"]);
	});
});

describe("the command, run by sh", () => {
	const command = (lifetime: number): string =>
		z.string().parse(read(userData(undefined, lifetime)).runcmd[0]);

	/** A folder with commands instead of the system's, and a pipe by which they tell. */
	async function machine(commands: Readonly<Record<string, string>>) {
		const folder = await mkdtemp(join(tmpdir(), "cellwright-lifetime-"));
		onTestFinished(() => rm(folder, { recursive: true }));
		await run("mkfifo", [join(folder, "told")]);
		for (const [name, text] of Object.entries(commands)) {
			await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`);
			await chmod(join(folder, name), 0o755);
		}
		return {
			folder,
			told: () => readFile(join(folder, "told"), "utf8"),
			sh: (script: string) =>
				run("sh", ["-c", script], {
					env: { PATH: `${folder}:${process.env["PATH"]}`, FOLDER: folder },
				}),
		};
	}

	const tellAndEnd = 'echo "$(basename "$0") $*" > "$FOLDER/told"; kill "$PPID"';
	const withoutSystemd = (script: string): string =>
		script.replaceAll("/run/systemd/system", "/nowhere");

	it("starts a timer that systemd keeps, also over a restart of the machine", async () => {
		const { sh, folder } = await machine({ systemctl: 'echo "$*" >> "$FOLDER/asked"' });
		await sh(
			command(259_200)
				.replaceAll("/run/systemd/system", folder)
				.replaceAll("/etc/systemd/system", folder),
		);
		expect(await readFile(join(folder, "cell-lifetime.timer"), "utf8")).toBe(
			"[Timer]\nOnBootSec=259200\nUnit=poweroff.target\n[Install]\nWantedBy=timers.target\n",
		);
		expect(await readFile(join(folder, "asked"), "utf8")).toBe(
			"enable cell-lifetime.timer\nstart --no-block cell-lifetime.timer\n",
		);
	});

	it("switches the machine off, without systemd, when it has been up for so long", async () => {
		const { sh, told } = await machine({
			cut: "echo 600",
			poweroff: tellAndEnd,
		});
		await sh(withoutSystemd(command(600)));
		expect(await told()).toBe("poweroff \n");
	});

	it("waits until then, and cloud-init need not wait with it", async () => {
		const { sh, told } = await machine({
			cut: "echo 599",
			sleep: tellAndEnd,
			poweroff: tellAndEnd,
		});
		// It is over, and everybody has let go of its output, while the first sleep is still to come.
		expect(await sh(withoutSystemd(command(600)))).toEqual({ stdout: "", stderr: "" });
		expect(await told()).toBe("sleep 10\n");
	});
});
