import { exec } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { cellwrightProgram } from "../../infra/cli/program.ts";
import { quietEnvironment } from "../support/quiet-environment.ts";
import { allPages, type Page } from "./pages.ts";
import { typedIn } from "./shell.ts";

/** Every `npx cellwright …` of a page, in its text and in its blocks for a shell. */
const commandsOf = ({ prose, blocks }: Page): readonly string[] => {
	const inText = [...prose.join(" ").matchAll(/`(npx cellwright\b[^`]*)`/g)].map(
		([, text = ""]) => text,
	);
	const inBlocks = blocks
		.filter(({ language }) => /^(sh|bash|console)$/.test(language))
		.flatMap(({ text }) => text.replaceAll("\\\n", " ").split("\n"))
		.flatMap((line) => /(npx cellwright\b.*)$/.exec(line)?.slice(1) ?? []);
	return [...new Set([...inText, ...inBlocks])];
};

/** What is wrong with a line: a command or an option that there isn't. */
function wrongIn(line: string): readonly string[] {
	const words = line.split(/\s+/).slice(2);
	let command: Command = cellwrightProgram();
	const wrong: string[] = [];
	for (const word of words) {
		if (/^[|>#&;]/.test(word)) break;
		const inner = command.commands.find((each) => each.name() === word);
		if (inner !== undefined) command = inner;
		else if (command.parent === null && /^[a-z]/.test(word)) return [word];
		else if (word.startsWith("-") && !hasOption(command, word)) wrong.push(word);
	}
	return wrong;
}

const hasOption = (command: Command, word: string): boolean =>
	["-", "--help", "-h", "--version"].includes(word) ||
	command.options.some(({ short, long }) => [short, long].includes(word.split("=")[0])) ||
	(command.parent !== null && hasOption(command.parent, word));

/** Options of programs that aren't ours, as their own references have them; a line holds no others. */
const others: Readonly<Record<string, string>> = {
	"aws ec2 describe-instances": "--filters",
	"aws ec2 describe-subnets": "",
	"aws ec2 describe-vpc-endpoints": "",
	"aws events put-rule": "--name --event-pattern",
	"aws events put-targets": "--rule --targets",
	"aws iam create-service-linked-role": "--aws-service-name",
	"aws lambda get-account-settings": "--query --output",
	"aws lambda invoke": "--function-name",
	"aws lambda list-event-source-mappings": "--function-name --query --output",
	"aws lambda update-event-source-mapping": "--uuid --enabled --no-enabled",
	"aws logs tail": "--since --filter-pattern",
	"aws scheduler get-schedule": "--name --query --output",
	"aws sqs get-queue-attributes": "--queue-url --attribute-names --query --output",
	"aws sqs get-queue-url": "--queue-name --query --output",
	"aws sqs send-message": "--queue-url --message-body",
	"aws ssm get-parameters": "--names --with-decryption --query --output",
	"aws sts decode-authorization-message": "--encoded-message --query --output",
	"aws sts get-caller-identity": "",
	cat: "",
	"command aws": "--endpoint-url",
	curl: "-s -X -H -d -I",
	export: "",
	echo: "",
	jq: "-c -r",
	"kubectl get pod": "--namespace --output -o",
	"npm ci": "",
	"npm install": "--omit",
	"npm pack": "",
	"npm test": "",
	"npx esbuild": "--bundle --minify --platform --target --outfile",
	"npx serverless": "--version",
	"npx serverless deploy": "--stage --param",
	"npx serverless deploy list": "--stage",
	"npx serverless info": "--verbose --stage",
	"npx serverless package": "--stage",
	"npx serverless remove": "--stage",
	"npx serverless rollback": "--timestamp --stage",
	"npx vitest run": "",
	"openssl rand": "-hex",
	"openssl req": "-new -newkey -pkeyopt -nodes -keyout -subj -out",
	"openssl x509": "-req -in -CA -CAkey -set_serial -days -sha256 -extfile -out",
	rm: "",
	sed: "-e",
	umask: "",
};

/** What is wrong with a command: a program, script, file or option that nobody knows. */
function wrongWith(words: readonly string[], scripts: ReadonlySet<string>): readonly string[] {
	const [program, first, second = ""] = words;
	switch (`${program} ${first}`) {
		case "npx cellwright":
			return wrongIn(words.join(" "));
		case "npm start":
			return wrongIn(`npx cellwright up ${words.slice(3).join(" ")}`);
		case "npm run":
			return scripts.has(second) ? [] : [second];
		// Whoever has another Node than 24 has it by npx alone.
		case "npx node":
			return existsSync(second) ? [] : [second];
		default:
			return wrongWithOther(words);
	}
}

function wrongWithOther(words: readonly string[]): readonly string[] {
	const line = words.join(" ");
	const known = Object.keys(others)
		.filter((name) => `${line} `.startsWith(`${name} `))
		.toSorted((a, b) => b.length - a.length)[0];
	if (known === undefined) return [line];
	const allowed = new Set(others[known]?.split(" "));
	return words
		.filter((word) => word.startsWith("-") && word !== "-")
		.map((word) => word.split("=")[0] ?? word)
		.filter((option) => !allowed.has(option));
}

/** What people type, in blocks and in text, where it is a whole command of these. */
const typedOn = ({ prose, blocks }: Page): readonly string[] => [
	...blocks.filter(({ language }) => language === "sh").map(({ text }) => text),
	...[...prose.join(" ").matchAll(/`((?:npx|npm|node|aws|curl) [^`<…[]*)`/g)].flatMap(
		([, text = ""]) => text,
	),
];

describe("what the documentation has typed", async () => {
	const manifest: { scripts: object } = JSON.parse(await readFile("package.json", "utf8"));
	const scripts = new Set(Object.keys(manifest.scripts));
	const pages = (await allPages()).filter(
		({ path }) => path !== "CHANGELOG.md" && !path.includes("/adr/"),
	);
	const typed = pages.flatMap((page) =>
		typedOn(page).flatMap((script) =>
			typedIn(script).map(({ text, words }) => ({ path: page.path, text, words })),
		),
	);

	it("is found, of each kind", () => {
		const lines = typed.map(({ words }) => words.join(" "));
		const unused = Object.keys(others).filter(
			(name) => !lines.some((line) => line.startsWith(name)),
		);
		expect(unused).toEqual([]);
		expect(lines.filter((line) => line.startsWith("npx node ")).length).toBeGreaterThan(0);
	});

	it.each(typed)("$path: $text", ({ words }) => {
		expect(wrongWith(words, scripts)).toEqual([]);
	});

	it.each(pages)("$path has what is typed in blocks, where it is looked at", ({ prose }) => {
		const indented = prose.filter((line) => /^ {3,}(npx|npm|node|aws|curl|kubectl) /.test(line));
		expect(indented).toEqual([]);
	});

	it.each([
		{ script: "lunch now", wrong: ["lunch now"] },
		{ script: "npm ci && npm run chek", wrong: ["chek"] },
		{ script: "npm start -- --never-boot x", wrong: ["--never-boot"] },
		{ script: "npx node infra/gone.ts", wrong: ["infra/gone.ts"] },
		{ script: "node infra/cost/count.ts", wrong: ["node infra/cost/count.ts"] },
		{ script: "url=$(aws sqs get-queue-url --queue q) | cat", wrong: ["--queue"] },
		{ script: "cat > a <<'END'\nnot: typed\nEND\nsed -x 's/a b/c/' a", wrong: ["-x"] },
		{ script: 'npx serverless deploy \\\n  --stage=prod --parm="a=b c"', wrong: ["--parm"] },
	])("is wrong in $wrong: $script", ({ script, wrong }) => {
		expect(typedIn(script).flatMap(({ words }) => wrongWith(words, scripts))).toEqual(wrong);
	});
});

describe("commands in the documentation", async () => {
	const found = (await allPages())
		.filter(({ path }) => path !== "CHANGELOG.md" && !path.includes("/adr/"))
		.flatMap((page) => commandsOf(page).map((line) => ({ path: page.path, line })));

	it("are found", () => {
		expect(found.length).toBeGreaterThan(30);
	});

	it.each(found)("$path: $line can be typed", ({ line }) => {
		expect(wrongIn(line)).toEqual([]);
	});

	// What needs no stack is run as well; the others are run by the journeys that they belong to.
	const alone = found.filter(({ line }) =>
		/^npx cellwright (explain|plan -f) examples\/\S+( --provider provider\.yaml)?$/.test(line),
	);

	it.each([...new Set(alone.map(({ line }) => line))])("%s runs", async (line) => {
		const command = line.replace("npx cellwright", `"${process.execPath}" infra/cli/cellwright.ts`);
		const { stdout } = await promisify(exec)(command, { env: quietEnvironment() });
		expect(stdout).toMatch(/^ {2}choice/m);
	});

	it.each([
		{ line: "npx cellwright lunch -f pod.yaml", wrong: ["lunch"] },
		{ line: "npx cellwright explain pod.yaml --provder p.yaml", wrong: ["--provder"] },
		{ line: "kubectl | npx cellwright launch -f - --wait", wrong: [] },
	])("are wrong in $wrong: $line", ({ line, wrong }) => {
		expect(wrongIn(line.slice(line.indexOf("npx")))).toEqual(wrong);
	});
});
