import type { RefObject } from "preact";
import { useState } from "preact/hooks";

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

/** A text with line numbers, and marks where its faults are. */
export function YamlEditor({ textarea, yaml, onYaml, faultLines, resultId }: YamlEditorProps) {
	const [scrollPx, setScrollPx] = useState(0);
	const count = yaml.split("\n").length;
	const numbers = Array.from({ length: count }, (_, index) => index + 1);
	return (
		<div class="editor">
			<div class="editor-gutter" aria-hidden="true">
				<div style={{ transform: `translateY(${-scrollPx}px)` }}>
					{numbers.map((line) => (
						<div key={line} class={faultLines.has(line) ? "fault-number" : ""} data-line={line}>
							{faultLines.has(line) ? `✕ ${line}` : line}
						</div>
					))}
				</div>
			</div>
			<div class="editor-text">
				{[...faultLines].map((line) => (
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
