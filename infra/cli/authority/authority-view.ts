import { X509Certificate } from "node:crypto";
import { settledAt } from "../../../shared/flows/rotate-authority.ts";
import type { Standing } from "../../../shared/pki/model.ts";
import { aligned, outputColumns, wrapped } from "../screen/text-layout.ts";

/** One authority with what is public of it, and the living cells that it has made. */
export type ShownAuthority = Readonly<{
	standing: Standing;
	certificatePem: string;
	cells: number;
	/** When the last of its living cells was planned. */
	lastIssuedAt: Date | undefined;
}>;

export type ShownTimes = Readonly<{
	now: Date;
	settleSeconds: number;
	/** Longest life of a cell. */
	lifetimeSeconds: number;
}>;

const secondsPerDay = 86_400;
/** Time for both steps, and for whoever must agree to them. */
const rotateAheadDays = 90;

const titles = [
	"AUTHORITY",
	"ROLE",
	"SINCE",
	"NEW CELLS",
	"LIVING CELLS",
	"VALID UNTIL",
	"DAYS LEFT",
	"SUBJECT",
];

/** The authorities as a table, and below it what to do next and when. Never a key. */
export function authorityView(
	authorities: readonly ShownAuthority[],
	times: ShownTimes,
): readonly string[] {
	const rows = authorities.map((each) => row(each, times));
	const advice = adviceFor(authorities, times);
	return [
		...aligned([titles, ...rows], outputColumns, [4, 6]).flat(),
		"",
		...(advice.length === 0 ? ["Nothing to do."] : []),
		...advice.flatMap(({ text, command }) => [
			...wrapped(text, outputColumns),
			// Alone on its line, to be copied.
			`  npx cellwright ${command}`,
		]),
	];
}

/** One authority for programs. */
export const authorityData = (
	{ standing, certificatePem, cells, lastIssuedAt }: ShownAuthority,
	now: Date,
) => {
	const { subject, validToDate } = new X509Certificate(certificatePem);
	return {
		...standing,
		livingCells: cells,
		lastIssuedAt,
		validUntil: validToDate,
		daysLeft: daysLeft(validToDate, now),
		subject,
	};
};

/** What to do next, and when. */
export function adviceFor(
	authorities: readonly ShownAuthority[],
	times: ShownTimes,
): readonly Advice[] {
	const rotating = authorities.some(({ standing }) => standing.role === "next");
	return authorities.flatMap((each) =>
		rotating && each.standing.role === "current" ? [] : adviceOn(each, times),
	);
}

function row(
	{ standing: { id, role, since, trusted }, certificatePem, cells }: ShownAuthority,
	{ now }: ShownTimes,
): readonly string[] {
	const { subject, validToDate } = new X509Certificate(certificatePem);
	return [
		id,
		role,
		new Date(since).getTime() === 0 ? "the beginning" : minuteText(new Date(since)),
		trusted ? "trust it" : "don't trust it",
		String(cells),
		validToDate.toISOString().slice(0, "2026-11-23".length),
		String(daysLeft(validToDate, now)),
		subject.replaceAll("\n", ", "),
	];
}

type Advice = Readonly<{ text: string /** After `npx cellwright`. */; command: string }>;

function adviceOn(shown: ShownAuthority, times: ShownTimes): readonly Advice[] {
	switch (shown.standing.role) {
		case "current":
			return adviceOnCurrent(shown, times);
		case "next":
			return [adviceOnNext(shown, times)];
		case "earlier":
			return [adviceOnEarlier(shown, times)];
	}
}

function adviceOnCurrent(
	{ standing: { id }, certificatePem }: ShownAuthority,
	{ now, lifetimeSeconds }: ShownTimes,
): readonly Advice[] {
	const left = daysLeft(new X509Certificate(certificatePem).validToDate, now);
	if (left > lifetimeSeconds / secondsPerDay + rotateAheadDays) return [];
	const text = `${id} ends in ${left} days, and with it every cell that it makes:`;
	return [{ text, command: "authority rotate" }];
}

function adviceOnNext({ standing }: ShownAuthority, { now, settleSeconds }: ShownTimes): Advice {
	const at = settledAt(standing, settleSeconds);
	const when = at > now ? `from ${secondText(at)} on` : "now";
	return { text: `${standing.id} doesn't sign yet; ${when} it may:`, command: "authority rotate" };
}

function adviceOnEarlier(
	{ standing: { id }, cells, lastIssuedAt }: ShownAuthority,
	{ lifetimeSeconds }: ShownTimes,
): Advice {
	const command = `authority retire ${id}`;
	if (lastIssuedAt === undefined) return { text: `No living cell needs ${id} any more:`, command };
	const until = minuteText(new Date(lastIssuedAt.getTime() + lifetimeSeconds * 1_000));
	const who = cells === 1 ? "1 living cell needs" : `${cells} living cells need`;
	return { text: `${who} ${id}, at the latest until ${until}; then:`, command };
}

const daysLeft = (until: Date, now: Date): number =>
	Math.floor((until.getTime() - now.getTime()) / (secondsPerDay * 1_000));

const secondText = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
const minuteText = (date: Date): string => `${date.toISOString().slice(0, 16)}Z`;
