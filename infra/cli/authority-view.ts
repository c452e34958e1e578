import { X509Certificate } from "node:crypto";
import { settledAt } from "../../shared/flows/rotate-authority.ts";
import type { Standing } from "../../shared/pki/model.ts";
import { aligned, indented, outputColumns, wrapped } from "./text-layout.ts";

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

const dayMs = 86_400_000;
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
	const advice = authorities.flatMap((each) => adviceOn(each, times));
	return [
		...aligned([titles, ...rows], outputColumns, [4, 6]).flat(),
		"",
		...(advice.length === 0 ? ["Nothing to do."] : advice).flatMap((line) =>
			indented("- ", wrapped(line, outputColumns - 2)),
		),
	];
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

function adviceOn(shown: ShownAuthority, times: ShownTimes): readonly string[] {
	switch (shown.standing.role) {
		case "current":
			return adviceOnCurrent(shown, times);
		case "next":
			return [adviceOnNext(shown, times)];
		case "earlier":
			return [adviceOnEarlier(shown, times)];
	}
}

function adviceOnCurrent({ standing: { id }, certificatePem }: ShownAuthority, times: ShownTimes) {
	const left = daysLeft(new X509Certificate(certificatePem).validToDate, times.now);
	return left > times.lifetimeSeconds / 86_400 + rotateAheadDays
		? []
		: [
				`${id} ends in ${left} days, and every cell that it makes ends with it: npx cellwright authority rotate`,
			];
}

function adviceOnNext({ standing }: ShownAuthority, { now, settleSeconds }: ShownTimes): string {
	const at = settledAt(standing, settleSeconds);
	const when = at > now ? `from ${secondText(at)} on` : "now";
	return `${standing.id} doesn't sign yet; ${when} it may: npx cellwright authority rotate`;
}

function adviceOnEarlier(
	{ standing: { id }, cells, lastIssuedAt }: ShownAuthority,
	{ lifetimeSeconds }: ShownTimes,
): string {
	const then = `npx cellwright authority retire ${id}`;
	if (lastIssuedAt === undefined) return `${id} has no living cell any more: ${then}`;
	const until = minuteText(new Date(lastIssuedAt.getTime() + lifetimeSeconds * 1_000));
	return `${id} is needed by ${cells} living cells, at the latest until ${until}; then: ${then}`;
}

const daysLeft = (until: Date, now: Date): number =>
	Math.floor((until.getTime() - now.getTime()) / dayMs);

const secondText = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;
const minuteText = (date: Date): string => `${date.toISOString().slice(0, 16)}Z`;
