/** Milliseconds of a processor that this thread needed for it, however many others were at work meanwhile. */
export function processorMs(work: () => void): number {
	const from = process.threadCpuUsage();
	work();
	const { user, system } = process.threadCpuUsage(from);
	return (user + system) / 1_000;
}
