import { type SetAsideTimes, setAsideTimes } from "../../shared/offerings/set-aside.ts";
import { table } from "./markdown.ts";

/** What a refusal closes, in a reader's words; empty where it closes nothing. */
const closed = {
	"no-capacity": {
		refusal: "no capacity",
		what: "the type in that zone, bought that way; zones that EC2's answer doesn't name as well",
	},
	"no-addresses": { refusal: "no free addresses", what: "the subnet" },
	quota: { refusal: "a quota", what: "all spot; on demand, the types that share the quota" },
	"no-spot": { refusal: "the account may not have spot", what: "all spot" },
	"not-sold-here": { refusal: "not sold in the zone", what: "the type in that zone" },
} as const satisfies Partial<
	Record<keyof SetAsideTimes, Readonly<{ refusal: string; what: string }>>
>;

/** For how long nobody asks EC2 again for what it has refused. */
export const setAsideTable = (): string => {
	const times: SetAsideTimes = setAsideTimes();
	const said: Partial<Record<string, Readonly<{ refusal: string; what: string }>>> = closed;
	return table(
		["EC2 says", "set aside", "at first", "at most"],
		Object.entries(times).flatMap(([reason, { firstSeconds, mostSeconds }]) => {
			if (mostSeconds === 0) return [];
			const words = said[reason];
			if (words === undefined) throw new RangeError(`nobody has said what ${reason} closes`);
			return [[words.refusal, words.what, minutes(firstSeconds), minutes(mostSeconds)]];
		}),
	);
};

const minutes = (seconds: number): string =>
	seconds < 7_200 ? `${seconds / 60} min` : `${seconds / 3_600} h`;
