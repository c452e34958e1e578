import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedEc2 } from "../../infra/local/ec2/server.ts";
import type { Cell } from "../../shared/cells/model.ts";

/** What happened in which order, a JSON line each, for who must find out why. */
export function openDiary(folder: string) {
	mkdirSync(folder, { recursive: true });
	const out = createWriteStream(join(folder, "diary.jsonl"));
	const write = (entry: object): void => {
		out.write(`${JSON.stringify({ at: new Date().toISOString(), ...entry })}\n`);
	};
	return {
		record(cell: Cell): void {
			const { podUid: pod, version, phase, attempt, conditions } = cell;
			const plan = "plan" in cell ? cell.plan : undefined;
			write({
				pod,
				version,
				phase,
				attempt,
				token: plan?.clientToken,
				group: plan?.group && { name: plan.group.name, index: plan.group.index },
				instance: "instance" in cell ? cell.instance?.instanceId : undefined,
				leaving: "leaving" in cell ? cell.leaving?.instance.instanceId : undefined,
				asks: "asks" in cell ? cell.asks : undefined,
				why: conditions.map(({ type, status, reason }) => `${type} ${status} ${reason}`).at(-1),
			});
		},
		follow(ec2: SimulatedEc2): void {
			ec2.events.on("state-change", ({ instanceId, state }) => {
				const { clientToken, launchIndex } = ec2.instance(instanceId) ?? {};
				write({ instance: instanceId, state, token: clientToken, index: launchIndex });
			});
			ec2.events.on("taken", ({ action, status, code, parameters }) => {
				if (action !== "RunInstances" && action !== "TerminateInstances") return;
				const { ClientToken: token, MaxCount: count, "InstanceId.1": instance } = parameters;
				write({ action, status, code, token, count, instance });
			});
		},
		note: (line: string): void => write({ janitor: line }),
		close: (): void => void out.end(),
	};
}
