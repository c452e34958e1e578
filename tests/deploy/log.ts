import { readFile } from "node:fs/promises";

/** What nobody expects in the functions' logs: errors, refusals of IAM, what only a cell may know. */
export const wrongIn = async (logFile: string): Promise<readonly string[]> =>
	(await readFile(logFile, "utf8"))
		.split("\n")
		.filter((line) =>
			/"level":"error"|AccessDenied| ERROR \[|failed processing|PRIVATE KEY/.test(line),
		)
		.filter((line) => !line.includes('"message":"message kept as a dead letter"'))
		.map((line) => line.slice(0, 300).replace(/PRIVATE KEY.*/, "PRIVATE KEY (not shown)"));
