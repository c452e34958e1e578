/** The process of `pinging`: its order in by standard input, its report out. */
import { text } from "node:stream/consumers";
import { httpsAgent } from "../../shared/agent/client.https.ts";
import { Order, type Report } from "./pinging.ts";

const { warmUp, addresses, rounds, fingerprint, credentials } = Order.parse(
	JSON.parse(await text(process.stdin)),
);
const agent = httpsAgent();
const answers: string[] = [];
const pingAll = async (all: readonly string[]): Promise<void> => {
	const { signal } = new AbortController();
	const pings = all.map((address) => agent.ping(address, fingerprint, credentials, signal));
	for (const { answer } of await Promise.all(pings)) answers.push(answer);
};
for (let n = 0; n < rounds; n++) await pingAll(addresses.map(() => warmUp));
const before = process.memoryUsage.rss();
let highest = before;
const watch = setInterval(() => {
	highest = Math.max(highest, process.memoryUsage.rss());
}, 5);
for (let n = 0; n < rounds; n++) await pingAll(addresses);
clearInterval(watch);
const report: Report = { answers, grownMib: (highest - before) / 2 ** 20 };
process.stdout.write(JSON.stringify(report));
