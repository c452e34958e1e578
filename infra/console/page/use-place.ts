import { useEffect, useState } from "preact/hooks";
import { hashOf, type Place, placeOf } from "./place.ts";

/** Where somebody is, by the page's address, and how to go elsewhere. */
export function usePlace(): readonly [Place, (place: Place) => void] {
	const [place, setPlace] = useState(() => placeOf(location.hash));
	useEffect(() => {
		const changed = () => setPlace(placeOf(location.hash));
		addEventListener("hashchange", changed);
		return () => removeEventListener("hashchange", changed);
	}, []);
	return [
		place,
		(next) => {
			location.hash = hashOf(next);
			setPlace(next);
		},
	];
}
