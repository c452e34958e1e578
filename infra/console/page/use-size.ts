import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export type Size = Readonly<{ width: number; height: number }>;

/** An element's inner size in CSS pixels as it changes, without its scroll bar; undefined until it is known. */
export function useSize<E extends Element>(): readonly [RefObject<E | null>, Size | undefined] {
	const ref = useRef<E | null>(null);
	const [size, setSize] = useState<Size>();
	useEffect(() => {
		const element = ref.current;
		if (element === null) return;
		const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
		const observer = new ResizeObserver(measure);
		observer.observe(element);
		measure();
		return () => observer.disconnect();
	}, []);
	return [ref, size];
}
