import { Option } from "commander";

// Options that several commands have, so that they mean the same everywhere.

export const outputOption = (): Option =>
	new Option("--output <format>", "how it is printed").choices(["table", "json"]).default("table");
