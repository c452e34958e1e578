import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A part of the panel under its heading. */
export function Section({
	title,
	children,
}: Readonly<{ title: string; children: ComponentChildren }>) {
	const id = useId();
	return (
		<section aria-labelledby={id} class="section">
			<h3 id={id}>{title}</h3>
			{children}
		</section>
	);
}
