import type { RefObject } from "preact";
import { useMemo, useState } from "preact/hooks";

type YamlEditorProps = Readonly<{
	textarea: RefObject<HTMLTextAreaElement | null>;
	yaml: string;
	onYaml(yaml: string): void;
	/** From 1. */
	faultLines: ReadonlySet<number>;
	/** Of the element that says what is wrong. */
	resultId: string;
}>;

/** As in launch.css. */
const linePx = 18;
const paddingPx = 6;
const mostHeightPx = 440;
/** Of a text with ten thousands of lines only those that may be seen have their numbers in the document. */
const mostSeen = Math.ceil(mostHeightPx / linePx) + 1;

/** A text with line numbers, and marks where its faults are. */
export function YamlEditor({ textarea, yaml, onYaml, faultLines, resultId }: YamlEditorProps) {
	const [scrollPx, setScrollPx] = useState(0);
	const count = useMemo(() => yaml.split("\n").length, [yaml]);
	const above = Math.max(0, Math.floor((scrollPx - paddingPx) / linePx));
	const seen = Array.from(
		{ length: Math.max(0, Math.min(mostSeen, count - above)) },
		(_, index) => above + index + 1,
	);
	return (
		<div class="editor">
			<div class="editor-gutter" aria-hidden="true">
				<div style={{ transform: `translateY(${above * linePx - scrollPx}px)` }}>
					{seen.map((line) => (
						<div key={line} class={faultLines.has(line) ? "fault-number" : ""} data-line={line}>
							{faultLines.has(line) ? `✕ ${line}` : line}
						</div>
					))}
				</div>
			</div>
			<div class="editor-text">
				{seen
					.filter((line) => faultLines.has(line))
					.map((line) => (
						<div
							key={line}
							class="fault-stripe"
							style={{ top: `${paddingPx + (line - 1) * linePx - scrollPx}px` }}
						/>
					))}
				<textarea
					ref={textarea}
					aria-label="The pod in YAML"
					aria-describedby={resultId}
					aria-invalid={faultLines.size > 0}
					spellcheck={false}
					autocapitalize="off"
					autocomplete="off"
					wrap="off"
					value={yaml}
					onInput={({ currentTarget }) => onYaml(currentTarget.value)}
					onScroll={({ currentTarget }) => setScrollPx(currentTarget.scrollTop)}
				/>
			</div>
		</div>
	);
}

/** Selects the line and shows it, so that it can be typed over. */
export function goToLine(textarea: HTMLTextAreaElement | null, line: number): void {
	if (textarea === null) return;
	const lines = textarea.value.split("\n");
	const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
	textarea.focus();
	textarea.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
	// A selection alone scrolls nothing.
	textarea.scrollTop = (line - 1) * linePx - textarea.clientHeight / 2;
	textarea.scrollLeft = 0;
}
