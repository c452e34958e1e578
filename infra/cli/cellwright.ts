#!/usr/bin/env node
import { Command } from "commander";
import { ProvisionerError } from "../../shared/errors.ts";
import { authorityIn } from "./commands/authority.ts";
import { clientCertificateIn } from "./commands/client-certificate.ts";
import { deleteIn } from "./commands/delete.ts";
import { doctorIn } from "./commands/doctor.ts";
import { explainIn } from "./commands/explain.ts";
import { launchIn } from "./commands/launch.ts";
import { planIn } from "./commands/plan.ts";
import { statusIn } from "./commands/status.ts";
import { upIn } from "./commands/up.ts";

// Exit codes: 0 fine, 1 a pod failed or did not end as expected, and these.
const wrongUse = 2;
const outOfReach = 3;

const program = new Command("cellwright")
	.description("Births cells: one right-sized EC2 instance per Kubernetes pod")
	.configureOutput({ outputError: (text, write) => write(text) })
	.exitOverride(({ exitCode, code }) => {
		process.exit(code.startsWith("commander.help") || exitCode === 0 ? 0 : wrongUse);
	});

// In the order of the help text.
for (const defineIn of [
	upIn,
	launchIn,
	deleteIn,
	explainIn,
	statusIn,
	doctorIn,
	planIn,
	clientCertificateIn,
	authorityIn,
])
	defineIn(program);

try {
	await program.parseAsync();
} catch (error) {
	if (!(error instanceof ProvisionerError)) throw error;
	console.error(`cellwright: ${error.message}`);
	process.exitCode = error.kind === "unavailable" ? outOfReach : wrongUse;
}
