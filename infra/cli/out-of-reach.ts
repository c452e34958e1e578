/**
 * Where something was looked for that can't be reached, and why: the end of an error's sentence.
 *
 * @param endpoint undefined: in the account.
 */
export const outOfReachText = (endpoint: string | undefined, cause: unknown): string => {
	const why = cause instanceof Error ? cause.message || cause.name : String(cause);
	const where =
		endpoint === undefined
			? "in the account; no embedded stack runs in this folder: start one with `npm start`"
			: `at ${endpoint}; does the stack still run?`;
	return `can't be reached ${where} (${why})`;
};
