import type { ServerResponse } from "node:http";
import type { Hello } from "./api.ts";
import type { PodFeed } from "./feed.ts";
import { type EventStream, eventStream, type News, type StreamTimes } from "./stream.ts";

/** What readers of the stream are told of. */
export type Told = Readonly<{
	hello: () => Hello;
	pods: PodFeed;
}>;

/** A browser opens one for each of its tabs. */
const mostReaders = 50;

const usualTimes: StreamTimes = { heartbeatMs: 15_000, patienceMs: 30_000, retryMs: 1_000 };

/** Everybody who reads the stream: whoever comes gets everything, and from then on what changes. */
export function streamReaders({ hello, pods }: Told, times: Partial<StreamTimes> = {}) {
	const readers = new Set<EventStream>();
	const tellAll = (news: News): void => {
		for (const reader of readers) reader.tell(news);
	};
	const podNews = (uid: string): News => ({
		key: `pod ${uid}`,
		event: "pod",
		data: () => pods.pod(uid)?.row,
	});
	const onPod = (uid: string): void => tellAll(podNews(uid));
	pods.events.on("pod", onPod);

	return {
		isFull: (): boolean => readers.size >= mostReaders,
		open(response: ServerResponse): void {
			const reader = eventStream(response, { ...usualTimes, ...times });
			readers.add(reader);
			response.once("close", () => readers.delete(reader));
			reader.tell(
				{ key: "hello", event: "hello", data: hello },
				...Array.from(pods.pods(), ({ row }) => podNews(row.uid)),
			);
		},
		close(): void {
			pods.events.off("pod", onPod);
		},
	};
}

export type StreamReaders = ReturnType<typeof streamReaders>;
