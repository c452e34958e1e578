import type { CellParameters } from "../../shared/bootstrap/model.ts";

/** A parameter store in memory. */
export type MemoryCellParameters = CellParameters &
	Readonly<{
		/** Names and values of an instance's parameters. */
		of(instanceId: string): Readonly<Record<string, string>>;
	}>;

type Texts = Readonly<Record<string, string>>;

export function memoryCellParameters(): MemoryCellParameters {
	const kept = new Map<string, Readonly<{ values: Texts; tags: Texts }>>();
	return {
		of: (instanceId) => kept.get(instanceId)?.values ?? {},
		async write(instanceId, parameters, tags) {
			const values = Object.fromEntries(parameters.map(({ name, value }) => [name, value]));
			kept.set(instanceId, { values, tags });
		},
		async remove(instanceId) {
			kept.delete(instanceId);
		},
		async owners(wanted) {
			return [...kept].flatMap(([instanceId, { tags }]) =>
				Object.entries(wanted).every(([key, value]) => tags[key] === value) ? [instanceId] : [],
			);
		},
	};
}
