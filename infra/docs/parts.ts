/** A page's text with the parts between its markers made anew. */
export function withParts(page: string, parts: Readonly<Record<string, () => string>>): string {
	const found = new Set<string>();
	const text = page.replace(marked, (_all, name: string) => {
		const part = parts[name];
		if (part === undefined) throw new RangeError(`no generated part is called ${name}`);
		found.add(name);
		return `<!-- generated: ${name} -->\n\n${part()}\n\n<!-- end of ${name} -->`;
	});
	const missing = Object.keys(parts).filter((name) => !found.has(name));
	if (missing.length > 0) throw new RangeError(`the page has no markers for ${missing.join(", ")}`);
	return text;
}

const marked = /<!-- generated: ([\w-]+) -->[\s\S]*?<!-- end of \1 -->/g;
