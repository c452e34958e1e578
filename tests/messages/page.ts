import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pageOf } from "../docs/pages.ts";

const path = resolve(import.meta.dirname, "../../docs/messages.md");

/** The snippets of docs/messages.md. */
export async function messagesPage() {
	const { blocks } = pageOf("docs/messages.md", await readFile(path, "utf8"));
	return {
		/** All of one kind, as it stands behind their first three backquotes, in their order. */
		all: (says: string): readonly string[] =>
			blocks.filter(({ language, kind }) => `${language} ${kind}` === says).map(({ text }) => text),
		/** @throws RangeError when the page has no such snippet. */
		first(says: string): string {
			const [text] = this.all(says);
			if (text === undefined) throw new RangeError(`docs/messages.md has no snippet \`${says}\``);
			return text;
		},
	};
}
