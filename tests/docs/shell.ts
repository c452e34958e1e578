/** One command of a script: `aws sqs send-message --queue-url q`, without what stands before or behind it. */
export type Typed = Readonly<{
	/** As it is typed, for a test's name. */
	text: string;
	/** Without quotes, assignments and redirections. */
	words: readonly string[];
}>;

/** A quoted text, a substitution, an operator, or a run of anything else. */
const token = /'[^']*'|"(?:[^"\\]|\\.)*"|\$\(|&&|\|\||[|;&()\n]|[^\s'"|;&()$]+|\$/g;

/**
 * The commands that somebody types by a script, as far as documentation needs it: pipes, lists, substitutions and here
 * documents, functions of one line; no loops or conditions.
 */
export function typedIn(script: string): readonly Typed[] {
	const joined = withoutHereDocuments(script)
		.replaceAll(/^\s*#.*$/gm, "")
		.replaceAll(/^\w+\(\) \{ (.*) \}$/gm, "$1")
		.replaceAll(/\\\n\s*/g, " ");
	const commands: string[][] = [[]];
	let end = 0;
	for (const found of joined.matchAll(token)) {
		const [text] = found;
		const words = commands.at(-1) ?? [];
		if (/^(\$\(|&&|\|\||[|;&()\n])$/.test(text)) commands.push([]);
		// What touches the word before it is a part of it: `--param="a=b"`, `"$queue"-x`.
		else if (found.index === end && words.length > 0) words.push(`${words.pop()}${bare(text)}`);
		else words.push(bare(text));
		end = found.index + text.length;
	}
	return commands.flatMap((all) => {
		const words = all.filter((word, index) => !isRedirection(word, all[index - 1]));
		while (/^\w+=/.test(words[0] ?? "")) words.shift();
		return words.length === 0 ? [] : [{ text: all.join(" "), words }];
	});
}

const bare = (text: string): string => text.replaceAll(/^['"]|['"]$/g, "");

const isRedirection = (word: string, before: string | undefined): boolean =>
	/^[12]?[<>]/.test(word) || /^[12]?[<>]+$/.test(before ?? "");

const withoutHereDocuments = (script: string): string =>
	script.replaceAll(/<<-?\s*'?(\w+)'?([^\n]*)\n[\s\S]*?\n\s*\1(?=\n|$)/g, "$2");
