import fc from "fast-check";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import {
	cellParameterNames,
	cellParametersRenderer,
} from "../../shared/bootstrap/cell-parameters.ts";
import type { CellParameter } from "../../shared/bootstrap/model.ts";
import { userDataRenderer } from "../../shared/bootstrap/user-data.ts";
import { placeholderCredentials } from "../support/placeholder-credentials.ts";

const render = (cellConfig: Readonly<Record<string, string>> = {}) =>
	cellParametersRenderer({ itzoVersion: "1.2.3", cellConfig })(placeholderCredentials, "x86_64");

/** As the launcher reads them: `config` alone, or `config-0` and those that follow it without a gap. */
const readByLauncher = (parameters: readonly CellParameter[]): unknown => {
	const values = new Map(parameters.map(({ name, value }) => [name, value]));
	const whole = values.get("config");
	if (whole !== undefined) {
		expect(values.size).toBe(1);
		return load(whole);
	}
	let text = "";
	for (let index = 0; values.has(`config-${index}`); index++) text += values.get(`config-${index}`);
	return load(text);
};

const credentialFiles = {
	"ca.crt": placeholderCredentials.caPem,
	"server.crt": placeholderCredentials.certificatePem,
	"server.key": placeholderCredentials.keyPem,
};

describe("a cell's parameters", () => {
	it("are one, with all of its files by their names, where that is enough", () => {
		const parameters = render({ "itzoFlag-port": "6421" });
		expect(parameters.map(({ name }) => name)).toEqual(["config"]);
		expect(readByLauncher(parameters)).toEqual({
			...credentialFiles,
			itzo_version: "v1.2.3",
			"cell_config.yaml": 'itzoFlag-port: "6421"\n',
		});
	});

	it("hold a name for nothing that the launcher should choose itself", () => {
		const parameters = cellParametersRenderer({ cellConfig: {} })(placeholderCredentials, "arm64");
		expect(readByLauncher(parameters)).toEqual(credentialFiles);
	});

	it("are parts of at most 4,096 bytes otherwise, which together say the same", () => {
		const character = fc.constantFrom("a", "é", "€", "😀", "\n", '"', "\\", " ", ":", "\t");
		const text = fc.string({ unit: character, minLength: 2_000, maxLength: 5_000 });
		fc.assert(
			fc.property(text, (note) => {
				const parameters = render({ note });
				expect(parameters.length).toBeGreaterThan(0);
				for (const { name, value } of parameters) {
					expect(cellParameterNames).toContain(name);
					expect(Buffer.byteLength(value)).toBeLessThanOrEqual(4_096);
					expect(value).not.toContain("\uFFFD");
				}
				const files = readByLauncher(parameters) as Record<string, string>;
				expect(files).toMatchObject(credentialFiles);
				expect(load(files["cell_config.yaml"] ?? "")).toEqual({ note });
				expect(render({ note })).toEqual(parameters);
			}),
			// Shrinking texts of this length takes minutes.
			{ numRuns: 50, endOnFailure: true },
		);
	});

	it("are refused above ten parts, with the size of every file and no content", () => {
		expect(render({ note: "x".repeat(38_000) })).toHaveLength(10);
		let thrown: unknown;
		try {
			render({ note: "hush".repeat(10_500) });
		} catch (error) {
			thrown = error;
		}
		expect(thrown).toMatchObject({ kind: "operator", reason: "ParametersTooLarge" });
		expect(String(thrown)).toMatch(/cell_config\.yaml +4\d{4}\n/);
		expect(String(thrown)).toMatch(/together, as YAML +4\d{4}$/);
		expect(String(thrown)).not.toMatch(/hush|BEGIN/);
	});
});

describe("user data beside parameters", () => {
	const text = (cloudInit?: string): string =>
		Buffer.from(
			userDataRenderer({
				itzoVersion: "1.2.3",
				cellConfig: { a: "b" },
				...(cloudInit === undefined ? {} : { cloudInit }),
			})(placeholderCredentials, "x86_64", "parameter-store"),
		).toString();

	it.each([
		{ when: "there is none", cloudInit: undefined, expected: "#cloud-config\n{}\n" },
		{ when: "it says nothing", cloudInit: "{}", expected: "#cloud-config\n{}\n" },
		{
			when: "it has files",
			cloudInit: "packages: [jq]\nwrite_files:\n- {path: /a, content: yes}\nhostname: x\n",
			expected:
				"#cloud-config\npackages: [jq]\nwrite_files:\n- {path: /a, content: yes}\nhostname: x\n",
		},
		{
			when: "its files are none",
			cloudInit: "write_files: []\nruncmd:\n- date\n",
			expected: "#cloud-config\nwrite_files: []\nruncmd:\n- date\n",
		},
	])("is the operator's file alone when $when", ({ cloudInit, expected }) => {
		expect(text(cloudInit)).toBe(expected);
	});
});
