import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";

export function clientCertificateIn(program: CliCommand): void {
	program
		.command("client-certificate")
		.summary("Write the running stack's client certificate, which opens its cells")
		.description(
			"Write the running stack's client certificate, which opens every cell of it, to files that only you can read, and print how to ask a cell with curl.",
		)
		.argument("<folder>", "Where ca.crt, client.crt and client.key are written")
		.action(lazily(async () => (await import("../client-certificate.ts")).clientCertificateCommand))
		.withExamples({
			run: "npx cellwright client-certificate .cellwright/client",
			does: "Then ask a cell yourself: without the certificate it doesn't even say hello",
		});
}
