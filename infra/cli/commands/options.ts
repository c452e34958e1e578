import { type Command, Option } from "commander";

// Options that several commands have, so that they mean the same everywhere.

/** How data is printed: `OutputFormat`. */
export const outputOption = (): Option =>
	new Option("--output <format>", "How it is printed")
		.choices(["table", "json", "yaml"])
		.default("table");

export const placeHeading = "Where to look:";

/** Which deployment is meant, for `placeOf`: `PlaceOptions`. */
export const placeOptions = <Of extends Command>(command: Of): Of =>
	command
		.addOption(
			where(
				"--deployment <name>",
				"Deployment, <service>-<stage>. Default: CELLWRIGHT_DEPLOYMENT, the stack that runs in this folder, or else cellwright-dev",
			),
		)
		.addOption(where("--endpoint <url>", "Emulator that answers in the place of AWS"))
		.addOption(where("--region <region>", "AWS region. Default: as the AWS CLI finds it"));

const where = (flags: string, description: string): Option =>
	new Option(flags, description).helpGroup(placeHeading);

export const providerOption = (): Option =>
	new Option(
		"--provider <file>",
		"Operator's configuration; of a deployment, what serverless.yml here names",
	).default("provider.yaml");
