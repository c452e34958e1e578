import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";

export function clientCertificateIn(program: CliCommand): void {
	program
		.command("client-certificate")
		.description("write the running stack's client certificate, which opens its cells, to a folder")
		.argument("<folder>", "where ca.crt, client.crt and client.key are written")
		.action(
			lazily(async () => (await import("../client-certificate.ts")).clientCertificateCommand),
		);
}
