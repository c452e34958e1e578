import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as z from "zod";

export const Order = z.object({
	/** Of an agent that behaves: the first pings load code. */
	warmUp: z.string(),
	/** Pinged all at once. */
	addresses: z.array(z.string()),
	rounds: z.int(),
	fingerprint: z.string(),
	credentials: z.object({ caPem: z.string(), certificatePem: z.string(), keyPem: z.string() }),
});
type Order = z.infer<typeof Order>;

const Report = z.object({
	answers: z.array(z.string()),
	/** By how much the process was larger than after its warm-up, at most. */
	grownMib: z.number(),
});
export type Report = z.infer<typeof Report>;

/** Pings in a process of its own, whose memory nobody else uses. */
export async function pinging(order: Order): Promise<Report> {
	const script = fileURLToPath(new URL("./pinging-process.ts", import.meta.url));
	const running = promisify(execFile)(process.execPath, [script]);
	running.child.stdin?.end(JSON.stringify(order));
	return Report.parse(JSON.parse((await running).stdout));
}
