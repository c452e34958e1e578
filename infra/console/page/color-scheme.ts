import { useEffect, useState } from "preact/hooks";

export type ColorScheme = "light" | "dark";

const storageKey = "cellwright.color-scheme";
const isDark = (): MediaQueryList => matchMedia("(prefers-color-scheme: dark)");

/** The scheme in force, which is the system's until somebody switches, and how to switch to the other. */
export function useColorScheme(): readonly [ColorScheme, () => void] {
	const [chosen, choose] = useState(remembered);
	const [system, setSystem] = useState<ColorScheme>(() => (isDark().matches ? "dark" : "light"));
	useEffect(() => {
		const media = isDark();
		const changed = () => setSystem(media.matches ? "dark" : "light");
		media.addEventListener("change", changed);
		return () => media.removeEventListener("change", changed);
	}, []);
	useEffect(() => {
		if (chosen === undefined) return;
		document.documentElement.dataset["scheme"] = chosen;
		localStorage.setItem(storageKey, chosen);
	}, [chosen]);
	const scheme = chosen ?? system;
	return [scheme, () => choose(scheme === "dark" ? "light" : "dark")];
}

function remembered(): ColorScheme | undefined {
	const stored = localStorage.getItem(storageKey);
	return stored === "light" || stored === "dark" ? stored : undefined;
}
