/**
 * `npm run test:kill [-- --pods 200 --kills 50 --seed 1]`: pods on the embedded stack while its functions are killed
 * and EC2's capacity comes and goes; then, what is left. Exits 1 if anything was lost or doubled.
 */
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { startStack } from "../../infra/local/stack.ts";
import type { Cell } from "../../shared/cells/model.ts";
import { openDiary } from "./diary.ts";
import { watchFleet } from "./fleet-watch.ts";
import { janitorLater } from "./late-janitor.ts";
import { podsOf } from "./pods.ts";
import { cellLimit, stormProvider } from "./provider.ts";
import { messagesLeft, senderTo } from "./queues.ts";
import { randomFrom } from "./random.ts";
import { reportOf, whereStands } from "./report.ts";
import { killer, weather } from "./storm.ts";

const { values } = parseArgs({
	options: {
		pods: { type: "string", default: "200" },
		kills: { type: "string", default: "50" },
		seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
	},
});
/** Logs of the functions, and every change of a record and of an instance. */
const folder = ".cellwright/kill";
const print = (text: string): boolean => process.stdout.write(`${text}\n`);
const seed = Number(values.seed);
const random = randomFrom(seed);
const pods = podsOf(Number(values.pods), Number(values.pods) * 250, random);
print(`seed ${seed}: ${pods.length} pods, at least ${values.kills} kills`);

const cells = new Map<string, Cell>();
let onRecord = (): void => undefined;
const provider = await stormProvider();
const diary = openDiary(folder);
const stack = await startStack({
	providerFile: provider.path,
	ec2: {
		bootTime: { medianMs: 500, spread: 0.5 },
		throttling: 4,
		seed: values.seed,
	},
	timeoutSeconds: { launch: 10, readiness: 10, terminate: 10, reconcile: 10 },
	capacitySetAsideSeconds: 2,
	janitorEverySeconds: 0,
	logFolder: folder,
	onCell(cell) {
		cells.set(cell.podUid, cell);
		diary.record(cell);
		onRecord();
	},
});
const fleet = watchFleet(stack.ec2);
diary.follow(stack.ec2);
const { send, close } = senderTo(stack);
const startedAt = Date.now();
const seconds = (): string => `${Math.round((Date.now() - startedAt) / 1000)} s`;

/** Waits until it holds, telling every few seconds where things stand. @returns whether it did in time. */
async function until(what: string, holds: () => boolean | Promise<boolean>, withinMs: number) {
	const endsAt = Date.now() + withinMs;
	for (let round = 1; Date.now() < endsAt; round += 1) {
		if (await holds()) return true;
		await delay(500);
		if (round % 20 === 0) {
			print(`${seconds()}, until ${what}: ${whereStands(cells)}; killed ${kills.count()}`);
		}
	}
	return false;
}

const kills = killer(stack.functions, random);
const sky = weather(stack.ec2, random);
onRecord = kills.onRecord;
stack.ec2.events.on("taken", ({ action, status }) => {
	if (action === "RunInstances" && status === 200) kills.onLaunchAnswered();
});

const isAnswered = (uid: string, isDeleted: boolean): boolean => {
	const phase = cells.get(uid)?.phase;
	return isDeleted
		? phase === "Terminated" || phase === "Failed"
		: phase === "Ready" || phase === "Failed";
};
const allAnswered = (): boolean =>
	pods.every(({ uid, deletedAtMs }) => isAnswered(uid, deletedAtMs !== undefined));

try {
	const sent = send(pods, startedAt);
	await until("the storm is over", () => kills.count() >= Number(values.kills), 180_000);
	await sent;
	kills.stop();
	sky.stop();
	await until("every pod is answered", allAnswered, 150_000);
	const isTidy = (): boolean =>
		allAnswered() && reportOf(pods, cells, fleet, cellLimit).orphans.length === 0;
	for (const minutes of [15, 30, 45]) {
		print(
			`${seconds()}: ${whereStands(cells)}; the janitor looks, ${minutes} minutes later by its clock`,
		);
		for (const line of await janitorLater(stack, minutes)) diary.note(line);
		await until("all is tidy", isTidy, 20_000);
	}
	await until("the queues are empty", async () => (await messagesLeft(stack)) === 0, 30_000);

	const report = reportOf(pods, cells, fleet, cellLimit);
	const byFunction = [...kills.killed].map(([name, count]) => `${name} ${count}`).join(", ");
	print(`
launched  ${report.launched} instances for ${pods.length} pods
killed    ${kills.count()} function processes (${byFunction})
terminal  ${report.terminal}
live      ${report.live}
orphans   ${report.orphans.length}
doubles   ${report.doubles.length}
no answer ${report.unanswered}
at once   ${fleet.most()} of at most ${cellLimit}
time      ${seconds()}`);
	const wrong = [
		...report.wrong,
		...(kills.count() < Number(values.kills) ? [`only ${kills.count()} kills`] : []),
		...((await messagesLeft(stack)) > 0 ? ["messages are left in the queues"] : []),
	];
	for (const line of wrong) print(`WRONG: ${line}`);
	process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
	kills.stop();
	sky.stop();
	close();
	await stack.stop();
	diary.close();
	await provider.remove();
}
