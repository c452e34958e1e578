import type { Requirements } from "./model.ts";

const architectureLabels: ReadonlySet<string> = new Set([
	"kubernetes.io/arch",
	"beta.kubernetes.io/arch",
]);

/**
 * The same requirements on one architecture, unless the pod has settled that itself by a label or by naming
 * its instance type: a container image that was built for another one doesn't start.
 */
export const onArchitecture = (
	requirements: Requirements,
	architecture: "amd64" | "arm64",
): Requirements => {
	const { instanceType, labelTerms, origins } = requirements;
	const named = instanceType !== undefined && !instanceType.includes("*");
	if (named || labelTerms.flat().some(({ key }) => architectureLabels.has(key)))
		return requirements;
	const expression = {
		key: "kubernetes.io/arch",
		operator: "In" as const,
		values: [architecture],
	};
	const terms = labelTerms.length === 0 ? [[]] : labelTerms;
	return {
		...requirements,
		labelTerms: terms.map((term) => [...term, expression]),
		origins: [
			...origins,
			`architecture ${architecture}: the pod names none (cells.podArchitecture)`,
		],
	};
};
