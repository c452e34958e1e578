import type { LaunchTurns, Pace } from "../../shared/pace/model.ts";
import { allFree, takeTurn, throttled } from "../../shared/pace/turns.ts";

/**
 * Turns in memory; tests/contracts/launch-turns.ts holds them to DynamoDB's.
 *
 * @returns the turns as each of several workers takes them, by its own clock.
 */
export function memoryTurns(pace: Pace): (now: () => Date) => LaunchTurns {
	let standing: ReturnType<typeof allFree> | undefined;
	return (now) => ({
		async take(instances) {
			const { state, at } = takeTurn(standing ?? allFree(pace, now()), pace, instances, now());
			standing = state;
			return at;
		},
		async throttled() {
			standing = throttled(standing ?? allFree(pace, now()), now());
		},
	});
}
