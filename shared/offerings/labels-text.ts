import type { LabelRequirement } from "./model.ts";

/** Label terms as people read them: `kubernetes.io/arch In arm64 and …, or …`. */
export const labelsText = (terms: readonly (readonly LabelRequirement[])[]): string =>
	terms
		.map((term) =>
			term
				.map(({ key, operator, values }) => [key, operator, values.join("|")].join(" ").trim())
				.join(" and "),
		)
		.join(", or ");
