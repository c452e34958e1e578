import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { ProviderConfig } from "../../shared/config/provider.ts";
import { type Fault, invalid } from "../../shared/errors.ts";
import { bundled, type FunctionName, functionNames } from "../bundle.ts";
import { type PackedFile, zipped } from "./zip.ts";

/** Whose root reads provider.yaml when it starts. */
const readsProvider: ReadonlySet<FunctionName> = new Set([
	"launch",
	"images",
	"interruptions",
	"janitor",
]);

/**
 * What a function's module may weigh, minified and zipped, in KB: cold starts are what pods wait for.
 * Those of launch and readiness are targets; the others' keep what they have from growing unseen.
 */
const budgets: Readonly<Record<FunctionName, Readonly<{ minifiedKb: number; zippedKb: number }>>> =
	{
		launch: { minifiedKb: 700, zippedKb: 200 },
		readiness: { minifiedKb: 350, zippedKb: 110 },
		terminate: { minifiedKb: 350, zippedKb: 110 },
		reconcile: { minifiedKb: 500, zippedKb: 150 },
		renewal: { minifiedKb: 350, zippedKb: 110 },
		images: { minifiedKb: 450, zippedKb: 150 },
		market: { minifiedKb: 400, zippedKb: 140 },
		interruptions: { minifiedKb: 500, zippedKb: 160 },
		janitor: { minifiedKb: 550, zippedKb: 180 },
		"found-authority": { minifiedKb: 700, zippedKb: 220 },
	};

/**
 * Writes `<name>.zip` for each function: its module, the module's source map, and provider.yaml with the cloud-init
 * file that it names, for those that read them.
 *
 * @param folder what it held is gone.
 * @throws ProvisionerError `invalid` `BundleTooLarge` with each function that is over its budget.
 */
export async function writePackages(
	folder: string,
	providerFile: string,
	config: ProviderConfig,
): Promise<void> {
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	const settings = await providerFiles(providerFile, config);
	const faults: Fault[] = [];
	for (const name of functionNames) {
		const { text, sourceMap, gzippedBytes } = await bundled(name);
		faults.push(...budgetFaults(name, text.length, gzippedBytes));
		const files = [
			// Node reads the map only where NODE_OPTIONS says --enable-source-maps: that costs a cold start 150 ms.
			{ path: "index.mjs", content: `${text}\n//# sourceMappingURL=index.mjs.map\n` },
			{ path: "index.mjs.map", content: withoutSources(sourceMap) },
			...(readsProvider.has(name) ? settings : []),
		];
		await writeFile(join(folder, `${name}.zip`), zipped(files));
	}
	if (faults.length > 0) throw invalid("BundleTooLarge", faults);
}

/** What is over budget. */
export function budgetFaults(name: FunctionName, bytes: number, zippedBytes: number): Fault[] {
	const { minifiedKb, zippedKb } = budgets[name];
	const over = (what: string, actual: number, mostKb: number): Fault[] =>
		actual <= mostKb * 1_000
			? []
			: [
					{
						path: `functions/${name}`,
						value: `${Math.ceil(actual / 1_000)} KB`,
						problem: `Invalid: its bundle may have ${mostKb} KB ${what}; see docs/adr/0007-bundles.md`,
					},
				];
	return [
		...over("minified", bytes, minifiedKb),
		...over("minified and zipped", zippedBytes, zippedKb),
	];
}

/** Names and lines are what a stack trace needs; the sources themselves are in the repository. */
function withoutSources(sourceMap: string): string {
	const { sourcesContent: _, ...map } = JSON.parse(sourceMap);
	return JSON.stringify(map);
}

/** provider.yaml is found as ./provider.yaml, and its cloud-init file where it says, relative to it. */
async function providerFiles(
	providerFile: string,
	{ cells: { cloudInitFile } }: ProviderConfig,
): Promise<readonly PackedFile[]> {
	const provider = { path: "provider.yaml", content: await readFile(providerFile) };
	if (cloudInitFile === undefined) return [provider];
	const content = await readFile(resolve(dirname(providerFile), cloudInitFile));
	return [provider, { path: cloudInitFile, content }];
}
