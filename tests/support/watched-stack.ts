import { resolve } from "node:path";
import type { BusEvent } from "../../infra/local/events-server.ts";
import { type StackOptions, startStack } from "../../infra/local/stack.ts";
import type { Cell } from "../../shared/cells/model.ts";

const root = resolve(import.meta.dirname, "../..");

/** How long a journey may wait for one thing, on a busy machine. */
const patienceMs = 60_000;

/** The embedded stack with what it has told so far, and a way to wait for what it will tell. */
export async function watchedStack(options: Partial<StackOptions> = {}) {
	const cells = new Map<string, Cell>();
	const history: Cell[] = [];
	const events: BusEvent[] = [];
	const lines: string[] = [];
	const waiting = new Set<() => void>();
	const told = () => {
		for (const check of waiting) check();
	};
	const stack = await startStack({
		providerFile: resolve(root, "provider.yaml"),
		// Quick cells, and EC2's request rate times ten.
		ec2: { bootTime: { medianMs: 300, spread: 0.2 }, throttling: 10 },
		...options,
		onCell(cell) {
			cells.set(cell.podUid, cell);
			history.push(cell);
			told();
		},
		onEvent(event) {
			events.push(event);
			told();
		},
		onLine: (name, line) => {
			lines.push(`${name} ${line}`);
			told();
		},
	});

	/** Resolves with the first value that isn't undefined; rejects with the log's end when none comes. */
	const eventually = async <T>(what: string, look: () => T | undefined): Promise<T> => {
		const { promise, resolve: found, reject } = Promise.withResolvers<T>();
		const check = () => {
			const value = look();
			if (value !== undefined) found(value);
		};
		const timer = setTimeout(
			() => reject(new Error(`never came: ${what}\n${lines.slice(-15).join("\n")}`)),
			patienceMs,
		);
		waiting.add(check);
		check();
		try {
			return await promise;
		} finally {
			clearTimeout(timer);
			waiting.delete(check);
		}
	};

	return {
		stack,
		history: history as readonly Cell[],
		events: events as readonly BusEvent[],
		lines: lines as readonly string[],
		eventually,
		/** The pod's record once it is in this phase. */
		cell: async <P extends Cell["phase"]>(podUid: string, phase: P) =>
			await eventually(`${podUid} ${phase}`, () => {
				const cell = cells.get(podUid);
				return isIn(cell, phase) ? cell : undefined;
			}),
	};
}

const isIn = <P extends Cell["phase"]>(
	cell: Cell | undefined,
	phase: P,
): cell is Extract<Cell, { phase: P }> => cell?.phase === phase;

/** A pod-scheduled message as any sender would write it. */
export const podScheduledBody = (uid: string, over: Record<string, unknown> = {}): string =>
	JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind: "PodScheduled",
		pod: {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { namespace: "shop", name: `web-${uid}`, uid, ...(over["metadata"] as object) },
			spec: {
				containers: [
					{
						name: "web",
						image: "nginx:1.27",
						env: [{ name: "TOKEN", value: "s3cr3t-env-value" }],
						resources: { limits: { cpu: "250m", memory: "256Mi" } },
					},
				],
				...(over["spec"] as object),
			},
		},
	});
