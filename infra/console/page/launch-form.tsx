import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Launched, LaunchRequest } from "../api.ts";
import { type Answer, ask } from "./ask.ts";
import { Choices } from "./choices.tsx";
import { Faults } from "./faults.tsx";
import { goToLine, YamlEditor } from "./yaml-editor.tsx";

type LaunchFormProps = Readonly<{
	yaml: string;
	/** Whether the server is there to check it. */
	isLive: boolean;
	onYaml(yaml: string): void;
	/** With the uid of the first one. */
	onLaunched(uid: string): void;
}>;

/** After the last key, so that half a word isn't called a fault. */
const checkAfterMs = 300;

/** Launches pods from YAML, and says while it is typed what is wrong with it or what it would get. */
export function LaunchForm({ yaml, isLive, onYaml, onLaunched }: LaunchFormProps) {
	const [answer, setAnswer] = useState<Answer<Launched>>();
	const [isSending, setIsSending] = useState(false);
	const editor = useRef<HTMLTextAreaElement | null>(null);
	const resultId = useId();
	useEffect(() => {
		const ending = new AbortController();
		const timer = setTimeout(() => {
			post({ yaml, check: true }, ending.signal).then(setAnswer, () => undefined);
		}, checkAfterMs);
		return () => {
			clearTimeout(timer);
			ending.abort();
		};
	}, [yaml, isLive]);
	const launch = async () => {
		if (isSending) return;
		setIsSending(true);
		const launched = await post({ yaml });
		setIsSending(false);
		if (launched.outcome === "refused") return setAnswer(launched);
		const uid = launched.value.pods[0]?.uid;
		if (uid !== undefined) onLaunched(uid);
	};
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
		event.preventDefault();
		void launch();
	};
	const faults = answer?.outcome === "refused" ? answer.faults : [];
	return (
		<form
			class="launch"
			onSubmit={(event) => {
				event.preventDefault();
				void launch();
			}}
			onKeyDown={onKeyDown}
		>
			<h2>Launch a pod</h2>
			<p class="pale">
				Everything that <code>cellwright launch -f</code> takes: Pods, Deployments and Jobs, several
				documents too.
			</p>
			<YamlEditor
				textarea={editor}
				yaml={yaml}
				onYaml={onYaml}
				faultLines={new Set(faults.flatMap(({ line }) => line ?? []))}
				resultId={resultId}
			/>
			<div id={resultId} class="result" aria-live="polite">
				<Result answer={answer} onLine={(line) => goToLine(editor.current, line)} />
			</div>
			<p>
				<button type="submit" class="main-button" aria-disabled={isSending}>
					Launch <kbd>Ctrl Enter</kbd>
				</button>
			</p>
		</form>
	);
}

const post = (request: LaunchRequest, signal?: AbortSignal) =>
	ask<Launched>("POST", "/api/pods", request, signal);

type ResultProps = Readonly<{
	answer: Answer<Launched> | undefined;
	onLine(line: number): void;
}>;

function Result({ answer, onLine }: ResultProps) {
	if (answer === undefined) return <p class="pale">Checking…</p>;
	if (answer.outcome === "refused")
		return (
			<>
				<p>
					<b>{answer.faults.length === 1 ? "One fault" : `${answer.faults.length} faults`}</b>
				</p>
				<Faults faults={answer.faults} onLine={onLine} />
			</>
		);
	return <Choices pods={answer.value.pods} />;
}
