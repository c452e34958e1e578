import type { Agent, PingAnswer } from "../../shared/agent/model.ts";
import { isLivingMachine, type SimulatedEc2 } from "./ec2.ts";
import { fingerprintIn } from "./identities.ts";

/** A ping that nobody answers takes so long. */
const silentMs = 3_000;
const hangingMs = 9_000;

/**
 * The agents on the simulated machines.
 *
 * @param pause as readiness waits; its answer comes after that.
 */
export const simulatedAgent = (
	{ machines }: Pick<SimulatedEc2, "machines">,
	nowMs: () => number,
	pause: (ms: number, signal: AbortSignal) => Promise<void>,
): Agent => ({
	async ping(address, fingerprint, _credentials, signal): Promise<PingAnswer> {
		const silent = async (ms: number, detail: string): Promise<PingAnswer> => {
			await pause(ms, signal).catch(() => undefined);
			return { answer: "silent", detail };
		};
		const machine = machines.find(
			(each) => each.instance.address === address && isLivingMachine(each),
		);
		if (machine?.state !== "running") return await silent(silentMs, "connection refused");
		const { agent, answersAfterSeconds } = machine.birth;
		if (agent === "hangs") return await silent(hangingMs, "no TLS in time");
		if (agent === "is silent" || nowMs() < machine.launchedAtMs + answersAfterSeconds * 1000)
			return await silent(silentMs, "connection refused");
		if (agent === "talks rubbish") {
			await pause(1_000, signal).catch(() => undefined);
			return { answer: "odd", detail: "teapot" };
		}
		if (agent === "is somebody else" || fingerprintIn(machine.userData) !== fingerprint) {
			await pause(1_000, signal).catch(() => undefined);
			return { answer: "impostor", reason: "CertificateNotPinned", detail: "another certificate" };
		}
		return { answer: "pong" };
	},
});
