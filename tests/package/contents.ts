/** What the package may hold, a kind a line: a file that none of these names doesn't belong into it. */
const allowed: readonly RegExp[] = [
	/^(package\.json|README\.md|LICENSE|CHANGELOG\.md|provider\.yaml)$/,
	/^examples\/(kip\/|pods\/)?[\w-]+\.yaml$/,
	/^examples\/enqueue\.mjs$/,
	/^schemas\/[\w-]+\.v\d+\.json$/,
	/^infra\/cli\/bin\.js$/,
	/^dist\/client\/([\w-]+\/)*[\w-]+(\.d\.ts|\.js)$/,
	/^dist\/shared\/([\w-]+\/)*[\w.-]+\.js$/,
	/^dist\/functions\/([\w-]+\/)*[\w-]+\.js$/,
	/^dist\/infra\/aws\/names\.js$/,
	/^dist\/infra\/(cli|console|dashboards|local)\/([\w-]+\/)*[\w-]+\.js$/,
	// All that the library's types need besides its own.
	/^dist\/shared\/(errors|cells\/model|status\/model)\.d\.ts$/,
	/^dist\/shared\/offerings\/catalogue\.json$/,
	/^dist\/infra\/console\/page\/(index\.html|main\.js|main\.css|icon\.svg)$/,
	/^dist\/infra\/(console\/page\/(preact|uplot)|local\/cell\/js-yaml)\.LICENSE$/,
];

/** Without these something would be missing that nobody sees at once: what is started or read by its path. */
const needed: readonly string[] = [
	"CHANGELOG.md",
	"LICENSE",
	"README.md",
	"dist/client/index.d.ts",
	"dist/client/index.js",
	"dist/functions/launch/index.js",
	"dist/infra/cli/cellwright.js",
	"dist/infra/console/page/index.html",
	"dist/infra/console/page/main.css",
	"dist/infra/console/page/main.js",
	"dist/infra/console/page/preact.LICENSE",
	"dist/infra/local/cell/host.js",
	"dist/infra/local/cell/js-yaml.LICENSE",
	"dist/infra/local/lambda/runtime.js",
	"dist/shared/offerings/catalogue.json",
	"examples/cloud-init.yaml",
	"examples/enqueue.mjs",
	"examples/pods/web-small.yaml",
	"infra/cli/bin.js",
	"package.json",
	"provider.yaml",
	"schemas/pod-deleted.v1.json",
	"schemas/pod-scheduled.v1.json",
];

/** Of the tarball, and of what it unpacks to. */
export const mostBytes = { packed: 600_000, unpacked: 2_200_000 } as const;

/** What doesn't belong into the package, what is missing, and kinds of files that there are no more: a line each. */
export function contentFaults(files: readonly string[]): readonly string[] {
	const names = new Set(files);
	return [
		...files
			.filter((name) => !allowed.some((kind) => kind.test(name)))
			.map((name) => `${name} doesn't belong into the package`),
		...needed.filter((name) => !names.has(name)).map((name) => `${name} is missing`),
		...allowed
			.filter((kind) => !files.some((name) => kind.test(name)))
			.map((kind) => `nothing is like ${kind}`),
	];
}
