import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";

type ConfirmedButtonProps = Readonly<{
	label: string;
	question: string;
	yes: string;
	/** Why it can't be done now, which is then said instead. */
	whyNot: string | undefined;
	onConfirmed(): Promise<void>;
	/** More to decide before it is done. */
	children?: ComponentChildren;
}>;

/** A button whose deed is asked about in its place; Escape or No leave all as it is. */
export function ConfirmedButton(props: ConfirmedButtonProps) {
	const { label, question, yes, whyNot, onConfirmed, children } = props;
	const [state, setState] = useState<"closed" | "asking" | "doing">("closed");
	const opener = useRef<HTMLButtonElement | null>(null);
	const confirm = useRef<HTMLButtonElement | null>(null);
	const whyId = useId();
	const isAsking = state !== "closed" && whyNot === undefined;
	useEffect(() => {
		if (isAsking) confirm.current?.focus();
	}, [isAsking]);
	const close = () => {
		setState("closed");
		// After the question has gone, since only then the button is there again.
		requestAnimationFrame(() => opener.current?.focus());
	};
	// Who is asked about one machine hasn't said anything about the next one.
	useEffect(() => {
		if (state !== "asking") return;
		const { activeElement } = document;
		if (activeElement === document.body || activeElement === confirm.current) close();
		else setState("closed");
	}, [question, whyNot]);
	const onKeyDown = (event: KeyboardEvent) => {
		if (event.key !== "Escape") return;
		event.preventDefault();
		close();
	};
	const onYes = async () => {
		setState("doing");
		await onConfirmed();
		close();
	};
	if (!isAsking)
		return (
			<span class="action">
				<button
					ref={opener}
					type="button"
					aria-disabled={whyNot !== undefined}
					aria-describedby={whyNot === undefined ? undefined : whyId}
					onClick={() => whyNot === undefined && setState("asking")}
				>
					{label}
				</button>
				{whyNot === undefined ? null : (
					<span id={whyId} class="pale why-not">
						{whyNot}
					</span>
				)}
			</span>
		);
	return (
		// biome-ignore lint/a11y/useSemanticElements: a question about one button, no set of fields
		<span class="action asking" role="group" aria-label={question} onKeyDown={onKeyDown}>
			<b>{question}</b> {children}
			<button
				ref={confirm}
				type="button"
				class="main-button"
				aria-disabled={state === "doing"}
				onClick={onYes}
			>
				{yes}
			</button>
			<button type="button" onClick={close}>
				No
			</button>
		</span>
	);
}
