import { readFileSync } from "node:fs";
import { findPackageJSON } from "node:module";
import { Help } from "commander";
import * as z from "zod";
import { authorityIn } from "./commands/authority.ts";
import { catalogueIn } from "./commands/catalogue.ts";
import { clientCertificateIn } from "./commands/client-certificate.ts";
import { CliCommand, helpColumns } from "./commands/command.ts";
import { dashboardIn } from "./commands/dashboard.ts";
import { deadLettersIn } from "./commands/dead-letters.ts";
import { deleteIn } from "./commands/delete.ts";
import { doctorIn } from "./commands/doctor.ts";
import { explainIn } from "./commands/explain.ts";
import { helpIn } from "./commands/help.ts";
import { launchIn } from "./commands/launch.ts";
import { listIn } from "./commands/list.ts";
import { planIn } from "./commands/plan.ts";
import { schemaIn } from "./commands/schema.ts";
import { statusIn } from "./commands/status.ts";
import { upIn } from "./commands/up.ts";
import { aligned } from "./screen/text-layout.ts";

type Define = (program: CliCommand) => void;

/** By task, in the order of the help text. */
const groups: ReadonlyMap<string, readonly Define[]> = new Map<string, readonly Define[]>([
	["Try it on this machine:", [upIn, clientCertificateIn]],
	["Launch pods:", [planIn, launchIn, deleteIn, schemaIn]],
	["Look at pods and prices:", [listIn, statusIn, explainIn, catalogueIn, dashboardIn]],
	["Operate a deployment:", [doctorIn, deadLettersIn, authorityIn]],
	["Help:", [helpIn]],
]);

/** How a command ended, for scripts. */
export const exitCodes = {
	0: "All is well",
	1: "A pod failed, the doctor found something wrong, or Cellwright itself did (DEBUG=1 shows where)",
	2: "The command, a file or a name in it is wrong: nothing was done",
	3: "Something can't be reached or isn't there: a deployment, a table, a queue, credentials, a permission",
	130: "Ended by Ctrl-C; up and list --watch, which end in no other way, end with 0",
} as const;

export const environmentVariables = {
	CELLWRIGHT_DEPLOYMENT: "The deployment to look at, where --deployment doesn't name one",
	AWS_PROFILE:
		"Account and region, as the AWS CLI knows them; AWS_REGION and its other variables, too",
	AWS_ENDPOINT_URL: "An emulator in the place of AWS; AWS_ENDPOINT_URL_SQS in that of one service",
	NO_COLOR: "With any value: no colours on terminals",
	FORCE_COLOR: "With any value but 0: colours everywhere, not only on terminals",
	DEBUG: "With any value: errors come with their stack traces",
} as const;

/** Everything that can be typed. It neither ends the process nor does any work before it is parsed. */
export function cellwrightProgram(): CliCommand {
	const program = new CliCommand("cellwright")
		.description(
			"Births cells: one right-sized EC2 instance per Kubernetes pod, without a controller",
		)
		.usage("<command> [options]")
		.version(version(), "-V, --version", "Print the version")
		.helpOption("-h, --help", "Print this help")
		.configureOutput({
			getOutHelpWidth: () => Math.min(process.stdout.columns ?? helpColumns, helpColumns),
			getErrHelpWidth: () => Math.min(process.stderr.columns ?? helpColumns, helpColumns),
		})
		.configureHelp({
			// That a switch is off unless it is given needs no word.
			optionDescription: (option) =>
				option.defaultValue === false ? option.description : new Help().optionDescription(option),
		})
		.exitOverride()
		.addHelpText("after", () => `\n${closingLines().join("\n")}`);
	for (const [title, defines] of groups) {
		program.commandsGroup(title);
		for (const defineIn of defines) defineIn(program);
	}
	return program;
}

const closingLines = (): readonly string[] => [
	...titled("Exit codes:", exitCodes),
	"",
	...titled("Environment:", environmentVariables),
	"",
	"npx cellwright <command> --help has the options of each command, with examples.",
];

const titled = (title: string, rows: Readonly<Record<string, string>>): readonly string[] => [
	title,
	...aligned(
		Object.entries(rows).map(([name, meaning]) => [`  ${name}`, meaning]),
		helpColumns,
	).flat(),
];

function version(): string {
	const file = findPackageJSON(import.meta.url);
	const text = file === undefined ? "{}" : readFileSync(file, "utf8");
	return z.object({ version: z.string().default("unknown") }).parse(JSON.parse(text)).version;
}
