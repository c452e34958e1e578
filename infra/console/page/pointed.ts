/** What the pointer is on: a pod's row, and a part of its bar. */
export type Pointed = Readonly<{ uid: string; part: string | undefined }>;

/** By what rows and the parts of their bars bear; undefined: it is on no row. */
export function pointedAt(target: EventTarget | null): Pointed | undefined {
	if (!(target instanceof Element)) return undefined;
	const uid = target.closest("tr")?.dataset["uid"];
	const part = target.closest<HTMLElement>("[data-part]")?.dataset["part"];
	return uid === undefined ? undefined : { uid, part };
}
