import type { Evidence } from "../cells/model.ts";
import { consoleTail } from "../instances/console-text.ts";
import { type Fleet, stateReasonText } from "../instances/model.ts";

export type EvidencePorts = Readonly<{
	fleet: Pick<Fleet, "find" | "console">;
	now: () => Date;
}>;

/** For each question by itself; both are asked at once. An instance that must end costs money meanwhile. */
const deadlineMs = 5_000;

/** Of EC2's words on why an instance stops. */
const reasonKept = 500;

/**
 * What there is to see of an instance before it is ended, for people. Best effort: what can't be had is named
 * in `missing`. Never throws, and never takes longer than the deadline, whatever EC2 does.
 */
export async function gatherEvidence(
	instanceId: string,
	{ fleet, now }: EvidencePorts,
	signal: AbortSignal,
	withinMs = deadlineMs,
): Promise<Evidence> {
	const asked = async <T>(
		what: string,
		question: (until: AbortSignal) => Promise<T | undefined>,
	): Promise<{ found?: T; missing: string[] }> => {
		try {
			const found = await within(
				question,
				AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
			);
			return found === undefined ? { missing: [`${what}: EC2 has none`] } : { found, missing: [] };
		} catch (error) {
			return { missing: [`${what}: ${nameOf(error)}`] };
		}
	};
	const [seen, output] = await Promise.all([
		asked("state", async (until) => await fleet.find(instanceId, until)),
		asked("console output", async (until) => {
			const text = consoleTail((await fleet.console(instanceId, until)) ?? "");
			return text === "" ? undefined : text;
		}),
	]);
	const reason = seen.found?.stateReason;
	return {
		at: now().toISOString(),
		...(seen.found === undefined ? {} : { state: seen.found.state }),
		...(reason === undefined
			? {}
			: { stateReason: consoleTail(stateReasonText(reason)).slice(0, reasonKept) }),
		...(output.found === undefined ? {} : { console: output.found }),
		missing: [...seen.missing, ...output.missing],
	};
}

/** The answer, unless the signal ends first; whoever is asked may not heed it. */
async function within<T>(
	question: (until: AbortSignal) => Promise<T>,
	signal: AbortSignal,
): Promise<T> {
	signal.throwIfAborted();
	const ended = Promise.withResolvers<never>();
	const end = () => ended.reject(signal.reason);
	signal.addEventListener("abort", end, { once: true });
	try {
		return await Promise.race([question(signal), ended.promise]);
	} finally {
		signal.removeEventListener("abort", end);
	}
}

/** Of a failure its name alone: AWS's words may quote what was asked for. */
function nameOf(error: unknown): string {
	if (!(error instanceof Error)) return "failed";
	if (error.name === "TimeoutError" || error.name === "AbortError") return "no answer in time";
	return error.name.slice(0, 100);
}
