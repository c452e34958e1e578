import { endProcesses } from "./processes.ts";
import { print } from "./steps.ts";

/** What a proof has opened; ended in this order, whatever happens. */
export type Closers = (() => unknown)[];

/**
 * Runs a proof that isn't vitest's. The process exits with 1 when it fails or doesn't end cleanly; however it ends,
 * Ctrl-C included, nothing that it has started runs on.
 *
 * @param explain prints what helps to understand a failure, after its message.
 */
export async function asProof(
	prove: (closers: Closers) => Promise<void>,
	explain: () => Promise<void> = async () => undefined,
): Promise<void> {
	const closers: Closers = [];
	process.once("exit", endProcesses);
	for (const signal of ["SIGINT", "SIGTERM"] as const)
		process.once(signal, () => {
			print(`${signal}: ending everything`);
			void close(closers).finally(() => process.exit(1));
		});
	try {
		await prove(closers);
	} catch (error) {
		process.exitCode = 1;
		print(error instanceof Error ? error.message : String(error));
		await explain();
	} finally {
		await close(closers);
	}
}

async function close(closers: Closers): Promise<void> {
	for (const each of closers.splice(0))
		try {
			await each();
		} catch (error) {
			process.exitCode = 1;
			print(`not ended cleanly: ${error}`);
		}
}
