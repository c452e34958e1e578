import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** macOS ships another program under this name: name the real one there. */
const program = process.env["OPENSSL"] ?? "openssl";

/** A key with its certificate, as PEM. */
export type Pair = Readonly<{ certificate: string; key: string }>;

/** An authority that signs whatever it is asked to; made by OpenSSL, not by our own code. */
export type TestAuthority = Readonly<{
	certificate: string;
	/** @param usage extended key usage, in OpenSSL's words; absent: no such extension. */
	sign(usage?: string, days?: number): Pair;
}>;

export function testAuthority(): TestAuthority {
	const ca = inFolder((at, openssl) => {
		openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", at("key"));
		openssl("req", "-x509", "-new", "-key", at("key"), "-subj", "/CN=test", "-out", at("crt"));
		return { certificate: readFileSync(at("crt"), "utf8"), key: readFileSync(at("key"), "utf8") };
	});
	return {
		certificate: ca.certificate,
		sign: (usage, days = 2) =>
			inFolder((at, openssl) => {
				writeFileSync(at("ca.crt"), ca.certificate);
				writeFileSync(at("ca.key"), ca.key, { mode: 0o600 });
				const extensions = ["subjectAltName=DNS:MilpaNode"];
				if (usage !== undefined) extensions.push(`extendedKeyUsage=${usage}`);
				writeFileSync(at("ext"), extensions.join("\n"));
				openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", at("key"));
				openssl("req", "-new", "-key", at("key"), "-subj", "/CN=MilpaNode", "-out", at("csr"));
				const signing = ["-in", at("csr"), "-CA", at("ca.crt"), "-CAkey", at("ca.key")];
				const shape = ["-days", String(days), "-extfile", at("ext"), "-set_serial", "7"];
				openssl("x509", "-req", ...signing, ...shape, "-out", at("crt"));
				return {
					certificate: readFileSync(at("crt"), "utf8"),
					key: readFileSync(at("key"), "utf8"),
				};
			}),
	};
}

function inFolder<Result>(
	work: (at: (name: string) => string, openssl: (...args: string[]) => void) => Result,
): Result {
	const folder = mkdtempSync(join(tmpdir(), "cell-certificates-"));
	try {
		return work(
			(name) => join(folder, name),
			(...args) => {
				execFileSync(program, args, { stdio: "pipe" });
			},
		);
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Cloud-config that puts files where the agent looks for them. */
export const cloudConfig = (files: Readonly<Record<string, string>>): Buffer =>
	Buffer.from(
		`#cloud-config\nwrite_files:\n${Object.entries(files)
			.map(
				([name, content]) =>
					`- path: /tmp/itzo/${name}\n  owner: root\n  permissions: "0400"\n  content: |\n${content.replace(/^/gm, "    ")}\n`,
			)
			.join("")}`,
	);
