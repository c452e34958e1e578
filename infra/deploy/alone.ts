import { rmSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ProvisionerError } from "../../shared/errors.ts";

/**
 * Makes sure that no other process works in a folder that only one may work in at a time.
 *
 * Each leaves a mark first and looks for others' afterwards: of two that begin at the same moment at least one sees
 * the other. A mark whose process has ended without taking it away counts for nothing.
 *
 * @param marks a folder for nothing else: one file for each process, named by its id.
 * @returns takes the mark away, at once: also while a process ends.
 * @throws ProvisionerError `unavailable` `AlreadyPackaging` while another one is at it.
 */
export async function alone(marks: string, pid: number = process.pid): Promise<() => void> {
	const mark = join(marks, String(pid));
	const leave = () => rmSync(mark, { force: true });
	await mkdir(marks, { recursive: true });
	await writeFile(mark, "");
	const others = (await readdir(marks)).filter((name) => name !== String(pid));
	for (const other of others) {
		if (isRunning(Number(other))) {
			leave();
			throw new ProvisionerError(
				"unavailable",
				"AlreadyPackaging",
				`process ${other} is packaging or deploying from this folder, and each would overwrite the other's files: wait until it has ended, or use another checkout`,
			);
		}
		await rm(join(marks, other), { force: true });
	}
	return leave;
}

/** Signal 0 is sent to nobody. A process that may not be signalled is there. */
function isRunning(pid: number): boolean {
	if (!Number.isSafeInteger(pid) || pid <= 0) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error instanceof Error && "code" in error && error.code === "EPERM";
	}
}
