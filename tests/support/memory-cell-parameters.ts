import type { CellParameters } from "../../shared/bootstrap/model.ts";

/** A parameter store in memory. */
export type MemoryCellParameters = CellParameters &
	Readonly<{
		/** Names and values of an instance's parameters. */
		of(instanceId: string): Readonly<Record<string, string>>;
	}>;

export function memoryCellParameters(): MemoryCellParameters {
	const kept = new Map<string, Readonly<Record<string, string>>>();
	return {
		of: (instanceId) => kept.get(instanceId) ?? {},
		async write(instanceId, parameters) {
			kept.set(instanceId, Object.fromEntries(parameters.map(({ name, value }) => [name, value])));
		},
		async remove(instanceId) {
			kept.delete(instanceId);
		},
	};
}
