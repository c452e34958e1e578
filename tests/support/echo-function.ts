/** What a function's process runs in tests/infra/local/lambda: answers, fails, hangs or dies as it is told. */
export const handler = async (
	event: { do: string },
	context: { getRemainingTimeInMillis(): number },
): Promise<unknown> => {
	process.stdout.write(`${JSON.stringify({ told: event.do })}\n`);
	if (event.do === "fail") throw new Error("as told");
	if (event.do === "hang") await new Promise(() => {});
	if (event.do === "die") process.exit(3);
	return {
		pid: process.pid,
		greeting: process.env["GREETING"],
		left: context.getRemainingTimeInMillis(),
	};
};
