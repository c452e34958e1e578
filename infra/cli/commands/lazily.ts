/** A command's code is loaded when it is called: nobody waits a second for a help text. */
export const lazily =
	<Arguments extends unknown[]>(load: () => Promise<(...given: Arguments) => Promise<void>>) =>
	async (...given: Arguments): Promise<void> =>
		await (await load())(...given);
