import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { isSection, type Section } from "../../shared/config/document.ts";
import { parseProvider } from "../../shared/config/provider.ts";
import { cellRequestOf } from "../../shared/pods/cell-request.ts";
import { readPodDeleted, readPodScheduled } from "../../shared/pods/message.ts";
import { Pod } from "../../shared/pods/model.ts";
import { merged } from "../support/merged.ts";
import { providerYaml } from "../support/provider-yaml.ts";
import { allPages } from "./pages.ts";

/** JSON is YAML, in which text that looks like a number stays text. */
const completed = (excerpt: string): string =>
	JSON.stringify(merged(load(providerYaml()), load(excerpt)));

const section = (yaml: string): Section => {
	const value = load(yaml);
	if (!isSection(value)) throw new TypeError("not a mapping");
	return value;
};

const metadata = { uid: "u-1", namespace: "default", name: "pod" };

/** What must hold of a block, by what stands behind its first three backquotes. */
const checks: Readonly<Record<string, (text: string) => void>> = {
	json: (text) => {
		expect(JSON.parse(text)).toBeDefined();
	},
	"json pod-scheduled": (text) => {
		expect(readPodScheduled(text)).toMatchObject({ outcome: "read" });
	},
	"json pod-deleted": (text) => {
		expect(readPodDeleted(text)).toMatchObject({ outcome: "read" });
	},
	yaml: (text) => {
		expect(load(text)).toBeDefined();
	},
	// tests/deploy deploys the first two.
	"yaml cloudformation": (text) => {
		const { Resources } = section(text.replaceAll(/!(?:Sub|Ref|GetAtt) /g, ""));
		expect(isSection(Resources)).toBe(true);
		for (const resource of Object.values(isSection(Resources) ? Resources : {}))
			expect(resource).toMatchObject({ Type: expect.stringMatching(/^AWS::/), Properties: {} });
	},
	"yaml provider.yaml": (text) => {
		expect(parseProvider(text).warnings).toEqual([]);
	},
	"yaml provider.yaml excerpt": (text) => {
		expect(parseProvider(completed(text)).warnings).toEqual([]);
	},
	"yaml cloud-init": (text) => {
		expect(checkCloudInit(text, "elotl")).toEqual({ faults: [], warnings: [] });
	},
	"yaml pod": (text) => {
		const { metadata: own, ...rest } = section(text);
		const pod = Pod.parse({ ...rest, metadata: { ...metadata, ...(isSection(own) ? own : {}) } });
		expect(cellRequestOf(pod, "limits")).toHaveProperty("requirements");
	},
	"yaml pod-spec": (text) => {
		const pod = Pod.parse({ metadata, spec: section(text) });
		expect(cellRequestOf(pod, "limits")).toHaveProperty("requirements");
	},
};

const snippets = (await allPages()).flatMap(({ path, blocks }) =>
	blocks
		.filter(({ language }) => /^(json|ya?ml)$/.test(language))
		.map(({ language, kind, text, line }) => ({
			at: `${path}:${line}`,
			says: `${language} ${kind}`.trim(),
			text,
		})),
);

describe("snippets", () => {
	it("are found", () => {
		expect(new Set(snippets.map(({ says }) => says))).toEqual(new Set(Object.keys(checks)));
	});

	it.each(snippets)("$at ($says) holds", ({ says, text }) => {
		const check = checks[says];
		if (check === undefined) return expect.unreachable(`nobody knows how to check ${says}`);
		check(text);
	});

	it.each([
		{ says: "json pod-scheduled", text: '{"kind":"PodScheduled"}' },
		{ says: "json pod-deleted", text: '{"kind":"PodScheduled"}' },
		{ says: "yaml cloudformation", text: "Resources: { Queue: { Properties: {} } }" },
		{ says: "yaml provider.yaml", text: "cells: {}" },
		{ says: "yaml provider.yaml excerpt", text: "cells: { privateIpOnly: true }" },
		{ says: "yaml cloud-init", text: "runcmd: [[a, b]]" },
		{ says: "yaml pod", text: "spec: { containers: [{ name: a }], nodeSelector: { disk: ssd } }" },
		{ says: "yaml pod-spec", text: "nodeSelector: { disk: ssd }\ncontainers: [{ name: a }]" },
	])("of the kind $says can be wrong", ({ says, text }) => {
		expect(() => checks[says]?.(text)).toThrow();
	});
});
