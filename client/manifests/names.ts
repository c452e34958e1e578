import { createHash } from "node:crypto";

/** Kubernetes' own: no vowel, and nothing that is mistaken for another, so that no word comes out. */
const alphabet = "bcdfghjklmnpqrstvwxz2456789";

/** So many characters of a name stay where a suffix is added. @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const stemLength = 58;
const suffixLength = 5;
const templateHashLength = 10;

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

const word = (text: string, length: number): string =>
	Array.from(digest(text).subarray(0, length), (byte) => alphabet[byte % alphabet.length]).join("");

/** A name as Kubernetes makes it from `generateName`: the same for the same seed. */
export const generatedName = (stem: string, seed: string): string =>
	`${stem.slice(0, stemLength)}${word(seed, suffixLength)}`;

/** Names a template as a ReplicaSet's name does: the same for equal templates, in whatever order their keys stand. */
export const templateHash = (template: unknown): string =>
	word(JSON.stringify(template, sorted), templateHashLength);

const sorted = (_: string, value: unknown): unknown =>
	typeof value === "object" && value !== null && !Array.isArray(value)
		? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
		: value;

/** A uid in the form that Kubernetes' have, derived from what it names. */
export const derivedUid = (text: string): string =>
	digest(text)
		.toString("hex")
		.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-8$3-8$4-$5");
