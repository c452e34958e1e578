import { doing } from "../pod-spans.ts";
import { usdText } from "./amount-text.ts";
import type { ColorScheme } from "./color-scheme.ts";
import type { FleetFigures } from "./fleet-figures.ts";
import { glyphs } from "./phases.ts";
import type { Picture } from "./picture.ts";
import { type Panel, type Place, type View, views } from "./place.ts";

type HeadProps = Readonly<{
	picture: Picture;
	figures: FleetFigures;
	place: Place;
	onPlace(place: Place): void;
	scheme: ColorScheme;
	onScheme(): void;
}>;

const viewNames = { cells: "Cells", fleet: "Fleet", health: "Health" } as const satisfies Record<
	View,
	string
>;

/** Whose page it is, how the fleet does, and the ways to everything else. */
export function Head({ picture, figures, place, onPlace, scheme, onScheme }: HeadProps) {
	return (
		<header class="head">
			<div class="head-line">
				<h1>Cellwright</h1>
				<span class="region">{picture.hello?.region ?? ""}</span>
				<Connection picture={picture} />
				<Figures figures={figures} />
			</div>
			<div class="head-line">
				<nav aria-label="Views" class="tabs">
					{views.map((view) => (
						<button
							key={view}
							type="button"
							class="tab"
							aria-current={place.view === view ? "page" : undefined}
							onClick={() => onPlace({ ...place, view })}
						>
							{viewNames[view]}
						</button>
					))}
				</nav>
				<PanelButton shows="launch" place={place} onPlace={onPlace}>
					Launch a pod
				</PanelButton>
				<PanelButton shows="switchboard" place={place} onPlace={onPlace}>
					Switchboard
				</PanelButton>
				<button type="button" class="quiet" onClick={onScheme}>
					{scheme === "dark" ? "Light" : "Dark"} colours
				</button>
			</div>
		</header>
	);
}

type PanelButtonProps = Readonly<{
	shows: Extract<Panel["shows"], "launch" | "switchboard">;
	place: Place;
	onPlace(place: Place): void;
	children: string;
}>;

function PanelButton({ shows, place, onPlace, children }: PanelButtonProps) {
	const isOpen = place.panel.shows === shows;
	return (
		<button
			type="button"
			aria-expanded={isOpen}
			onClick={() => onPlace({ ...place, panel: { shows: isOpen ? "nothing" : shows } })}
		>
			{children}
		</button>
	);
}

const connections = {
	connecting: { glyph: "◔", text: "connecting" },
	live: { glyph: "●", text: "live" },
	lost: { glyph: "✕", text: "not connected" },
} as const satisfies Record<Picture["connection"], Readonly<{ glyph: string; text: string }>>;

function Connection({ picture: { connection } }: Readonly<{ picture: Picture }>) {
	const { glyph, text } = connections[connection];
	return (
		<span class={`connection connection-${connection}`} role="status">
			<span aria-hidden="true">{glyph}</span> {text}
		</span>
	);
}

function Figures({
	figures: { byPhase, hourlyUsd, deadLetters },
}: Readonly<{ figures: FleetFigures }>) {
	return (
		<ul class="figures" aria-label="Pods by phase, and what they cost">
			{byPhase.map(({ phase, count }) => (
				<li key={phase} class={count === 0 ? "figure-none" : ""} data-phase={phase}>
					<span aria-hidden="true" class={`glyph glyph-${doing[phase]}`}>
						{glyphs[doing[phase]]}
					</span>
					{phase} <b>{count}</b>
				</li>
			))}
			<li>
				<b>{usdText(hourlyUsd)}</b> USD/h
			</li>
			<li class={deadLetters === undefined || deadLetters === 0 ? "figure-none" : "figure-bad"}>
				dead letters <b>{deadLetters ?? "–"}</b>
			</li>
		</ul>
	);
}
