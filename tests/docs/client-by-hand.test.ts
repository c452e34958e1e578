import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { httpsAgent } from "../../shared/agent/client.https.ts";
import { anAgent } from "../support/agents.ts";
import { anAuthority, anIdentityPlan } from "../support/authorities.ts";
import { allPages } from "./pages.ts";

const missing = ["bash", "jq", "openssl"].filter(
	(program) => spawnSync(program, ["--version"]).error !== undefined,
);

describe.skipIf(missing.length > 0)(
	`the client of docs/identity.md (without it: ${missing.join(", ") || "nothing"})`,
	() => {
		it("is let in by an agent of its authority, and leaves no key of that behind", async () => {
			const page = (await allPages()).find(({ path }) => path === "docs/identity.md");
			const script = page?.blocks.find(({ text }) => text.includes("openssl x509"))?.text ?? "";
			const folder = await mkdtemp(join(tmpdir(), "client-by-hand-"));
			onTestFinished(async () => await rm(folder, { recursive: true }));
			const { authority, issuer } = anAuthority();
			await writeFile(join(folder, "parameter"), JSON.stringify(authority));

			// What SSM would answer.
			const typed = `aws() { cat parameter; }\n${script}`;
			await promisify(execFile)("bash", ["-euc", typed], { cwd: folder });

			const made = (await readdir(folder)).filter((name) => name !== "parameter");
			expect(made).toEqual(["ca.crt", "client.crt", "client.csr", "client.ext", "client.key"]);
			expect((await stat(join(folder, "client.key"))).mode & 0o077).toBe(0);
			const read = async (name: string) => await readFile(join(folder, name), "utf8");
			const { credentials, fingerprint } = issuer.cell(anIdentityPlan());
			const { address } = await anAgent(credentials);
			const client = {
				caPem: await read("ca.crt"),
				certificatePem: await read("client.crt"),
				keyPem: await read("client.key"),
			};
			const { signal } = new AbortController();
			const ping = async (of: typeof client) =>
				await httpsAgent().ping(address, fingerprint, of, signal);
			expect(await ping(client)).toMatchObject({ answer: "pong" });
			// A cell's own certificate isn't a client's.
			expect(await ping(credentials)).not.toMatchObject({ answer: "pong" });
		});
	},
);
