import {
	afterRefusal,
	isStanding,
	type SetAsideEntry,
	type SetAsideList,
	type SetAsideTimes,
	withEntries,
} from "../../shared/offerings/set-aside.ts";

/** A set-aside list in memory; tests/contracts/set-aside-list.ts holds it to DynamoDB's. */
export function memorySetAsideList(times: SetAsideTimes, now: () => Date): SetAsideList {
	let known: readonly SetAsideEntry[] = [];
	const standing = () => known.filter((entry) => isStanding(entry, now()));
	return {
		standing: async () => standing(),
		async add(refusal, ruledOut) {
			known = withEntries(known, afterRefusal(known, refusal, ruledOut, times));
			return standing();
		},
	};
}
