import type { StreamEvents } from "../api.ts";
import { afterEvent, afterLoss, emptyPicture, type Picture } from "./picture.ts";

/** A browser tries again by itself, but not after an answer that is no stream, as from a proxy. */
const retryMs = 2_000;

/**
 * Listens to the server's stream until the returned function is called.
 *
 * @param onPicture called at most once a frame, however much is told.
 */
export function listen(onPicture: (picture: Picture) => void): () => void {
	let picture = emptyPicture;
	let source: EventSource | undefined;
	let frame: number | undefined;
	let retry: ReturnType<typeof setTimeout> | undefined;
	const became = (next: Picture) => {
		picture = next;
		frame ??= requestAnimationFrame(() => {
			frame = undefined;
			onPicture(picture);
		});
	};
	const connect = () => {
		const stream = new EventSource("/api/stream");
		source = stream;
		const on = <Event extends keyof StreamEvents>(
			event: Event,
			after: (data: StreamEvents[Event]) => Picture,
		) =>
			stream.addEventListener(event, ({ data }: MessageEvent<string>) => {
				became(after(JSON.parse(data)));
			});
		on("hello", (data) => afterEvent(picture, { event: "hello", data }, Date.now()));
		on("pod", (data) => afterEvent(picture, { event: "pod", data }, Date.now()));
		on("charts", (data) => afterEvent(picture, { event: "charts", data }, Date.now()));
		on("switchboard", (data) => afterEvent(picture, { event: "switchboard", data }, Date.now()));
		stream.addEventListener("error", () => {
			became(afterLoss(picture, Date.now()));
			if (stream.readyState === EventSource.CLOSED) retry = setTimeout(connect, retryMs);
		});
	};
	connect();
	return () => {
		source?.close();
		clearTimeout(retry);
		if (frame !== undefined) cancelAnimationFrame(frame);
	};
}
