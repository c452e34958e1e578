import type { CliCommand } from "./command.ts";
import { lazily } from "./lazily.ts";

export function authorityIn(program: CliCommand): void {
	const authority = program
		.command("authority")
		.description("the authorities behind the identities of cells: show, rotate, retire")
		.option("--provider <file>", "the operator's configuration", "provider.yaml")
		.option(
			"--prefix <path>",
			"their SSM parameters in the account; without it, the running stack's",
		)
		.option("--cells-table <name>", "with --prefix: the cells table")
		.option("--credentials-table <name>", "with --prefix: readiness's client certificates")
		.action(lazily(async () => (await import("../authority.ts")).authorityCommand));
	authority
		.command("rotate")
		.description("the next step of a rotation: make the next authority, then let it sign")
		.option("--now", "both steps at once, because the key may be in other hands", false)
		.action(lazily(async () => (await import("../authority.ts")).rotateCommand));
	authority
		.command("retire")
		.description("destroy the key of an authority that no living cell needs")
		.argument("<id>", "as `authority` shows it")
		.action(lazily(async () => (await import("../authority.ts")).retireCommand));
}
