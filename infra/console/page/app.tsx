import { useEffect, useMemo, useState } from "preact/hooks";
import { Announcer } from "./announcer.tsx";
import { ChartsView } from "./charts-view.tsx";
import { useColorScheme } from "./color-scheme.ts";
import { figuresOf } from "./fleet-figures.ts";
import { Head } from "./head.tsx";
import { listen } from "./live.ts";
import { emptyPicture } from "./picture.ts";
import type { Panel } from "./place.ts";
import { SidePanel } from "./side-panel.tsx";
import { clockText } from "./time-window.ts";
import { Timeline } from "./timeline.tsx";
import { useNow } from "./use-now.ts";
import { usePlace } from "./use-place.ts";

/** The whole page. */
export function App() {
	const [picture, setPicture] = useState(emptyPicture);
	const [scheme, switchScheme] = useColorScheme();
	const [place, go] = usePlace();
	const nowMs = useNow(picture);
	useEffect(() => listen(setPicture), []);
	const { pods, charts, lostMs } = picture;
	const figures = useMemo(() => figuresOf(pods.values(), charts.fleet), [pods, charts.fleet]);
	const open = (panel: Panel) => go({ ...place, panel });
	return (
		<div class={`app ${place.panel.shows === "nothing" ? "" : "app-with-panel"}`}>
			<button type="button" class="skip" onClick={skipToMain}>
				Skip to the content
			</button>
			<Head
				picture={picture}
				figures={figures}
				place={place}
				onPlace={go}
				scheme={scheme}
				onScheme={switchScheme}
			/>
			{lostMs === undefined ? null : (
				<p class="gone" role="alert">
					The server has gone. Last picture: {clockText(lostMs)} UTC. The page goes on when one is
					back: <code>npx cellwright up --console-port {location.port}</code>
				</p>
			)}
			<main id="main" tabIndex={-1} class="main">
				{place.view === "cells" ? (
					<Timeline picture={picture} nowMs={nowMs} panel={place.panel} onOpen={open} />
				) : (
					<ChartsView charts={charts[place.view]} dashboard={place.view} scheme={scheme} />
				)}
			</main>
			<SidePanel picture={picture} nowMs={nowMs} panel={place.panel} onOpen={open} />
			<Announcer pods={pods} />
		</div>
	);
}

/** No link, since the address says where on the page somebody is. */
const skipToMain = (): void => document.getElementById("main")?.focus();
