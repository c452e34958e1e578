/** What the pointer is on. */
export type Pointed = Readonly<{ uid: string | undefined; says: string | undefined }>;

/** By what rows and the parts of their bars bear. */
export function pointedAt(target: EventTarget | null): Pointed {
	if (!(target instanceof Element)) return { uid: undefined, says: undefined };
	const part = target.closest<HTMLElement>("[data-says]");
	return { uid: target.closest("tr")?.dataset["uid"], says: part?.dataset["says"] };
}
