import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { LaunchForm } from "./launch-form.tsx";
import type { Picture } from "./picture.ts";
import type { Panel } from "./place.ts";
import { PodDetailView } from "./pod-detail.tsx";
import { podName } from "./pod-filter.ts";
import { SwitchboardView } from "./switchboard.tsx";

type SidePanelProps = Readonly<{
	picture: Picture;
	nowMs: number;
	panel: Panel;
	onOpen(panel: Panel): void;
}>;

const titles = {
	pod: "Pod",
	launch: "Launch a pod",
	switchboard: "Switchboard of the simulated EC2",
} as const satisfies Record<Exclude<Panel["shows"], "nothing">, string>;

/** What stands beside the view until it is closed, by its button or by Escape. */
export function SidePanel({ picture, nowMs, panel, onOpen }: SidePanelProps) {
	// Somebody's text outlives the panel that it was typed in.
	const [draft, setDraft] = useState<string>();
	const region = useRef<HTMLElement | null>(null);
	const subject = panel.shows === "pod" ? panel.uid : panel.shows;
	const isOpen = panel.shows !== "nothing";
	const shown = panel.shows === "pod" ? picture.pods.get(panel.uid) : undefined;
	useEffect(() => {
		if (subject !== "nothing") region.current?.focus();
	}, [subject]);
	const close = useCallback(() => {
		onOpen({ shows: "nothing" });
		const main = document.getElementById("main");
		(main?.querySelector<HTMLElement>("[role=grid]") ?? main)?.focus();
	}, [onOpen]);
	useEffect(() => {
		if (!isOpen) return;
		const onKeyDown = (event: KeyboardEvent) => {
			if (event.key !== "Escape" || event.defaultPrevented || clearsSearch(event)) return;
			close();
		};
		addEventListener("keydown", onKeyDown);
		return () => removeEventListener("keydown", onKeyDown);
	}, [isOpen, close]);
	if (panel.shows === "nothing") return null;
	return (
		<aside
			ref={region}
			class="panel"
			tabIndex={-1}
			aria-label={shown === undefined ? titles[panel.shows] : `Pod ${podName(shown)}`}
		>
			<button type="button" class="close quiet" onClick={close}>
				Close <kbd>Esc</kbd>
			</button>
			{panel.shows === "pod" ? (
				<PodDetailView
					key={panel.uid}
					uid={panel.uid}
					row={shown}
					isLive={picture.connection === "live"}
					nowMs={nowMs}
				/>
			) : panel.shows === "launch" ? (
				<LaunchForm
					yaml={draft ?? picture.hello?.examplePod ?? ""}
					isLive={picture.connection === "live"}
					onYaml={setDraft}
					onLaunched={(uid) => onOpen({ shows: "pod", uid })}
				/>
			) : (
				<SwitchboardView switchboard={picture.switchboard} />
			)}
		</aside>
	);
}

/** Escape empties a search field; what else it means comes with the next one. */
const clearsSearch = ({ target }: KeyboardEvent): boolean =>
	target instanceof HTMLInputElement && target.type === "search" && target.value !== "";
