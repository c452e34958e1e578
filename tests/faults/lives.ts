import type { Plant } from "./deployment.ts";
import type { Birth } from "./ec2.ts";
import { aPodScript, type History, quiet } from "./history.ts";
import { type Outcome, play } from "./play.ts";
import { type CallFault, type FaultKind, faultKinds } from "./world.ts";

const good: Birth = { agent: "answers", answersAfterSeconds: 25 };
const silent: Birth = { agent: "is silent", answersAfterSeconds: 0 };

const lifeOf = (over: Partial<Parameters<typeof aPodScript>[0]>, rest: Partial<History> = {}) => ({
	...quiet,
	...rest,
	pods: [aPodScript({ deletedAtSeconds: 700, ...over })],
});

/** One pod's whole life, in its main kinds. Of each, every single fault at every single port call is played. */
export const lives: Readonly<Record<string, History>> = {
	"ready, lost, ready again, deleted": lifeOf({
		births: [{ ...good, loss: { how: "terminated by others", afterSeconds: 120 } }, good],
	}),
	"refused once": lifeOf({}, { refusals: [{ launch: 0, code: "InsufficientInstanceCapacity" }] }),
	"throttled once": lifeOf({}, { refusals: [{ launch: 0, code: "RequestLimitExceeded" }] }),
	"never answers, then does": lifeOf({ births: [silent, good] }),
	"deleted while launching": lifeOf({ deletedAtSeconds: 0 }),
	"deleted while booting": lifeOf({ deletedAtSeconds: 10 }),
	"deleted before it is scheduled": lifeOf({ atSeconds: 5, deletedAtSeconds: 1 }),
	"under a limit": lifeOf({}, { limits: { cells: 1, hourlyUsd: 0.5 } }),
	"no capacity after all": lifeOf({
		births: [{ ...good, loss: { how: "no capacity after all", afterSeconds: 3 } }, good],
	}),
	"spot, interrupted with a warning": lifeOf({
		spot: true,
		births: [{ ...good, loss: { how: "spot interruption", afterSeconds: 60 } }, good],
	}),
	"never restarted": lifeOf({
		restartPolicy: "Never",
		births: [{ ...good, loss: { how: "spot interruption without warning", afterSeconds: 60 } }],
	}),
	"three replicas, of which EC2 gives one": {
		...quiet,
		partly: [0],
		pods: [aPodScript(), aPodScript(), aPodScript({ deletedAtSeconds: 400 })],
	},
	"lost before EC2 shows it": lifeOf(
		{ births: [{ ...good, loss: { how: "terminated by others", afterSeconds: 8 } }, good] },
		{ unseenSeconds: 40 },
	),
	"sent twice, refused once": lifeOf(
		{ copies: 2, againAtSeconds: 5 },
		{ refusals: [{ launch: 0, code: "InsufficientInstanceCapacity" }], repeats: [0] },
	),
	"lost, and called at the same moment": lifeOf({
		againAtSeconds: 120,
		births: [{ ...good, loss: { how: "stopped", afterSeconds: 120 } }, good],
	}),
	"two pods, of which the limit lets one live": {
		...quiet,
		limits: { cells: 1, hourlyUsd: undefined },
		pods: [aPodScript({ deletedAtSeconds: 60 }), aPodScript({ deletedAtSeconds: 300 })],
	},
	"with parameters": lifeOf({}, { parameters: true }),
	"beside a machine whose record is gone": lifeOf({}, { strays: 1 }),
	"a message that nobody can read": lifeOf({}, { rubbish: 1 }),
};

/** Which faults a port call can have. */
const kindsAt = (call: string): readonly FaultKind[] =>
	faultKinds.filter(
		(kind) =>
			(kind !== "race lost" || call.startsWith("cells.save")) &&
			(kind !== "own conflict" || /^cells\.(save|claim)/.test(call)),
	);

/** The life with each fault that each of its port calls can have, one at a time. */
export const singleFaults = (life: History, calls: readonly string[]): readonly History[] =>
	calls.flatMap((name, call) =>
		kindsAt(name).map((kind) => ({ ...life, faults: [{ call, kind } satisfies CallFault] })),
	);

export type Told = (history: History, outcome: Outcome) => void;

/**
 * A life without a fault, and then with each fault at each of its port calls.
 *
 * @returns the first history that went wrong.
 */
export async function everySingleFault(
	life: History,
	tell: Told,
	plant?: () => Plant,
): Promise<{ history: History; outcome: Outcome } | undefined> {
	const plain = await play(life, plant);
	tell(life, plain);
	if (plain.violations.length > 0) return { history: life, outcome: plain };
	for (const history of singleFaults(life, plain.calls)) {
		const outcome = await play(history, plant);
		tell(history, outcome);
		if (outcome.violations.length > 0) return { history, outcome };
	}
	return undefined;
}
