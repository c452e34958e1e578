/** What is looked at of a console's output, its latest: EC2 keeps no more. */
const readCharacters = 64 * 1024;

/** What is kept of it. */
const keptCharacters = 4_096;

/** Colours and cursor movements (CSI), titles and links (OSC), and the short sequences. */
const escapes =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be removed
	/(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,8}[@-~]|\u001b\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)?|\u001b[ -/]{0,8}[0-~]/g;

/** All but line ends and tabs; also those that turn the direction of text. */
const controls = /[\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/gu;

const wholePem = /-----BEGIN [^-\n]{1,60}-----[\s\S]*?(?:-----END [^-\n]{1,60}-----|$)/g;
const pemEnd = /-----END [^-\n]{1,60}-----/;

/** Long enough for a line of a key, of user data, or of a signature; hardly ever a word of a boot. */
const encodedRun = /[\w+/-]{60,}={0,2}/g;
/** The shorter end of such a run, on a line of its own. */
const encodedRest = /(?:[\w+/-]{16,80}={0,2}|[\w+/-]{1,80}={1,2})$/;

const urlPassword = /(\/\/)[^/\s@]{1,200}@/g;
const namedSecret = /\b((?:[\w-]{0,40}(?:passw(?:or)?d|secret|token))["']?\s{0,3}[=:]\s{0,3})\S+/gi;
const accessKey = /\bA(?:KIA|SIA)[A-Z0-9]{16}\b/g;

/**
 * The last of what a machine wrote to its console, for people: 4,096 characters at most, nothing that moves a
 * terminal's cursor, and nothing that looks like a secret of ours.
 *
 * A cell's user data holds its private key, and cloud-init or the kernel may repeat parts of it: whole, cut off
 * at either end, behind the time of each line, or in base64. What is masked is rather too much than too little.
 */
export function consoleTail(output: string): string {
	const plain = output
		.slice(-readCharacters)
		.replace(escapes, "")
		.replace(/\r\n?/g, "\n")
		.replace(controls, "")
		.replace(wholePem, "[PEM masked]");
	return withoutEncoded(withoutCutPem(plain.split("\n")))
		.join("\n")
		.replace(urlPassword, "$1[masked]@")
		.replace(namedSecret, "$1[masked]")
		.replace(accessKey, "[masked]")
		.slice(-keptCharacters)
		.toWellFormed()
		.trim();
}

/** Lines without the end of a PEM block whose beginning is lost, however short its last lines are. */
function withoutCutPem(lines: readonly string[]): string[] {
	const kept: string[] = [];
	for (const line of lines) {
		if (!pemEnd.test(line)) {
			kept.push(line);
			continue;
		}
		// The last line of a block may be of any length; those before it are long.
		kept.pop();
		while (hasEncoded(kept.at(-1))) kept.pop();
		// What was read may begin within a line.
		if (kept.length === 1 && encodedRest.test(kept[0] ?? "")) kept.pop();
		kept.push("[PEM masked]");
	}
	return kept;
}

/** Lines without long runs of base64, nor the shorter end of one on the line behind it, or on the first line. */
function withoutEncoded(lines: readonly string[]): string[] {
	const endsMasked = (line: string | undefined) => line?.trimEnd().endsWith(base64Masked) === true;
	const masked = lines.map((line) =>
		line.replace(encodedRun, (run) => (isEncoded(run) ? base64Masked : run)),
	);
	return masked.map((line, index) => {
		const goesOn = endsMasked(masked[index - 1]) || (index === 0 && endsMasked(masked[1]));
		return goesOn ? line.trimEnd().replace(encodedRest, base64Masked) : line;
	});
}

const base64Masked = "[base64 masked]";

const hasEncoded = (line: string | undefined): boolean =>
	line?.match(encodedRun)?.some(isEncoded) === true;

/** Not a line drawn with dashes, nor a long path. */
const isEncoded = (run: string): boolean =>
	/\d/.test(run) || (/[a-z]/.test(run) && /[A-Z]/.test(run));
