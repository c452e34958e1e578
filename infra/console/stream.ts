import type { ServerResponse } from "node:http";
import type { StreamEvents } from "./api.ts";

type EventName = keyof StreamEvents;

/** What a reader is still to be told; made when it is told, so that it is always the latest. */
export type News = Readonly<{
	/** Equal keys are one piece of news: only the latest is told. */
	key: string;
	event: EventName;
	/** @returns undefined: there is nothing to tell any more. */
	data(): StreamEvents[EventName] | undefined;
}>;

export type StreamTimes = Readonly<{
	/** Comments keep proxies and time-outs away, and show readers that are gone. */
	heartbeatMs: number;
	/** A reader that takes nothing for so long is cut off. */
	patienceMs: number;
	/** When a reader whose connection broke comes again. */
	retryMs: number;
	/** Between two looks at what the charts have become. */
	chartsMs: number;
}>;

/**
 * One reader of server-sent events. What it is too slow for isn't kept for it: of each pod it gets the latest row as
 * soon as it takes something again.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function eventStream(response: ServerResponse, times: StreamTimes) {
	const waiting = new Map<string, News>();
	let id = 0;
	let isFull = false;
	let impatience: NodeJS.Timeout | undefined;

	const write = (text: string): void => {
		isFull = !response.write(text);
		if (isFull) impatience ??= setTimeout(() => response.destroy(), times.patienceMs);
	};
	const flush = (): void => {
		for (const [key, { event, data }] of waiting) {
			if (isFull) return;
			waiting.delete(key);
			const told = data();
			if (told === undefined) continue;
			id += 1;
			write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(told)}\n\n`);
		}
	};
	const heartbeat = setInterval(() => {
		if (!isFull) write(": still here\n\n");
	}, times.heartbeatMs);
	response.on("drain", () => {
		isFull = false;
		clearTimeout(impatience);
		impatience = undefined;
		flush();
	});
	response.once("close", () => {
		clearInterval(heartbeat);
		clearTimeout(impatience);
		waiting.clear();
	});
	response.writeHead(200, { "content-type": "text/event-stream" });
	write(`retry: ${times.retryMs}\n\n`);

	return {
		tell(...news: readonly News[]): void {
			if (response.closed) return;
			for (const each of news) waiting.set(each.key, each);
			if (!isFull) flush();
		},
	};
}

export type EventStream = ReturnType<typeof eventStream>;
