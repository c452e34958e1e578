/** Keys of a section with their values as YAML flow text; undefined leaves a key out. */
type Lines = Readonly<Record<string, string | undefined>>;

/** A minimal provider.yaml without faults, with lines added, replaced or left out. */
export const providerYaml = (over: { aws?: Lines; cells?: Lines; top?: Lines } = {}): string =>
	[
		"cloud:",
		"  aws:",
		...lines(4, { region: "us-east-1", subnetID: "subnet-0123456789abcdef0", ...over.aws }),
		"cells:",
		...lines(2, { defaultInstanceType: "t3.nano", ...over.cells }),
		...lines(0, over.top ?? {}),
		"",
	].join("\n");

const lines = (indent: number, section: Lines): string[] =>
	Object.entries(section).flatMap(([key, value]) =>
		value === undefined ? [] : [`${" ".repeat(indent)}${key}: ${value}`],
	);
