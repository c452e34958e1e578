import type { Charts, Hello, PodRow, StreamEvents, Switchboard } from "../api.ts";

/** Everything that the server has told. */
export type Picture = Readonly<{
	connection: "connecting" | "live" | "lost";
	/** When the server was last there, by its own clock; only while the connection is lost. */
	lostMs?: number;
	/** How far the server's clock is ahead of this machine's. */
	clockAheadMs: number;
	hello?: Hello;
	pods: ReadonlyMap<string, PodRow>;
	charts: Readonly<Partial<Record<Charts["dashboard"], Charts>>>;
	switchboard?: Switchboard;
}>;

export const emptyPicture: Picture = {
	connection: "connecting",
	clockAheadMs: 0,
	pods: new Map(),
	charts: {},
};

/** One event of the stream. */
export type Told = {
	[Event in keyof StreamEvents]: Readonly<{ event: Event; data: StreamEvents[Event] }>;
}[keyof StreamEvents];

/** The picture after an event that this machine received at `receivedMs`. */
export function afterEvent(picture: Picture, told: Told, receivedMs: number): Picture {
	switch (told.event) {
		case "hello":
			return greeted(picture, told.data, receivedMs);
		case "pod":
			return withPod(picture, told.data);
		case "charts":
			return { ...picture, charts: { ...picture.charts, [told.data.dashboard]: told.data } };
		case "switchboard":
			return { ...picture, switchboard: told.data };
	}
}

/** What another run has told is no part of this one's picture. */
function greeted(picture: Picture, hello: Hello, receivedMs: number): Picture {
	const { lostMs: _, ...kept } =
		picture.hello?.startedMs === hello.startedMs ? picture : emptyPicture;
	return { ...kept, connection: "live", clockAheadMs: hello.nowMs - receivedMs, hello };
}

function withPod(picture: Picture, row: PodRow): Picture {
	const known = picture.pods.get(row.uid);
	if (known !== undefined && known.version > row.version) return picture;
	const pods = new Map(picture.pods);
	// Behind all others: the order is that of the latest changes.
	pods.delete(row.uid);
	pods.set(row.uid, row);
	if (pods.size > mostPods) forgetOne(pods);
	return { ...picture, pods };
}

/** As many as the server knows, which forgets those that ended first, too (feed.ts). */
const mostPods = 2_000;

function forgetOne(pods: Map<string, PodRow>): void {
	const [oldest] = pods.keys();
	const over = [...pods.values()].find(
		({ phase }) => phase === "Failed" || phase === "Terminated",
	)?.uid;
	const uid = over ?? oldest;
	if (uid !== undefined) pods.delete(uid);
}

/** The same picture, known to be an old one. */
export const afterLoss = (picture: Picture, lostAtMs: number): Picture =>
	picture.connection === "lost"
		? picture
		: { ...picture, connection: "lost", lostMs: lostAtMs + picture.clockAheadMs };
