import type { ServerResponse } from "node:http";
import type { Charts, Hello } from "./api.ts";
import type { ChartFeed } from "./chart-feed.ts";
import type { PodFeed } from "./feed.ts";
import { type EventStream, eventStream, type News, type StreamTimes } from "./stream.ts";
import type { SwitchableEc2 } from "./switchboard.ts";

/** What readers of the stream are told of. */
export type Told = Readonly<{
	hello: () => Hello;
	pods: PodFeed;
	charts: ChartFeed;
	switches: SwitchableEc2;
}>;

/** A browser opens one for each of its tabs. */
const mostReaders = 50;

const usualTimes: StreamTimes = {
	heartbeatMs: 15_000,
	patienceMs: 30_000,
	retryMs: 1_000,
	chartsMs: 2_000,
};

/** Everybody who reads the stream: whoever comes gets everything, and from then on what changes. */
export function streamReaders(
	{ hello, pods, charts, switches }: Told,
	given: Partial<StreamTimes> = {},
) {
	const times = { ...usualTimes, ...given };
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
	const switchNews: News = { key: "switchboard", event: "switchboard", data: switches.state };
	const onSwitch = (): void => tellAll(switchNews);
	switches.events.on("changed", onSwitch);

	const chartTexts = new Map<string, string>();
	/** To those who read already. */
	const tellCharts = (): void => {
		for (const each of charts.current()) {
			const text = JSON.stringify(each);
			if (chartTexts.get(each.dashboard) === text) continue;
			chartTexts.set(each.dashboard, text);
			tellAll(chartNews(each));
		}
	};
	const chartTimer = setInterval(() => {
		// Nothing is drawn where nobody looks.
		if (readers.size > 0) tellCharts();
	}, times.chartsMs);

	return {
		isFull: (): boolean => readers.size >= mostReaders,
		open(response: ServerResponse): void {
			// What is drawn now for the new one is news for the others, too, and no news for it later.
			tellCharts();
			const reader = eventStream(response, times);
			readers.add(reader);
			response.once("close", () => readers.delete(reader));
			reader.tell(
				{ key: "hello", event: "hello", data: hello },
				...Array.from(pods.pods(), ({ row }) => podNews(row.uid)),
				switchNews,
				...charts.current().map(chartNews),
			);
		},
		close(): void {
			pods.events.off("pod", onPod);
			switches.events.off("changed", onSwitch);
			clearInterval(chartTimer);
		},
	};
}

export type StreamReaders = ReturnType<typeof streamReaders>;

const chartNews = (charts: Charts): News => ({
	key: `charts ${charts.dashboard}`,
	event: "charts",
	data: () => charts,
});
