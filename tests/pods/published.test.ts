import { readdir, readFile } from "node:fs/promises";
import { load } from "js-yaml";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { publishedSchemas, schemaFile } from "../../infra/schemas/generate.ts";
import { expectAnnotation } from "../../shared/pods/annotations.ts";
import { cellRequestOf } from "../../shared/pods/cell-request.ts";
import { readPodScheduled } from "../../shared/pods/message.ts";

describe("published schemas", () => {
	it.each([...publishedSchemas])("%s is current", async (name, text) => {
		expect(await readFile(schemaFile(name), "utf8")).toBe(text);
	});

	it("asks producers only for what can't be assumed", () => {
		const Published = z.object({
			$id: z.literal("https://cellwright.dev/schemas/pod-scheduled.v1.json"),
			required: z.array(z.string()),
			properties: z.object({
				pod: z.object({
					properties: z.object({ metadata: z.object({ required: z.array(z.string()) }) }),
				}),
			}),
		});
		const schema = Published.parse(JSON.parse(publishedSchemas.get("pod-scheduled.v1.json") ?? ""));
		expect(schema.required).toEqual(["apiVersion", "kind", "pod"]);
		expect(schema.properties.pod.properties.metadata.required).toEqual(["uid", "name"]);
	});
});

describe("the schema of deletions", () => {
	it("asks for nothing of a pod but whose it is", () => {
		const Published = z.object({
			required: z.array(z.string()),
			properties: z.object({
				pod: z.object({
					required: z.tuple([z.literal("metadata")]),
					properties: z.object({ metadata: z.object({ required: z.array(z.string()) }) }),
				}),
			}),
		});
		const schema = Published.parse(JSON.parse(publishedSchemas.get("pod-deleted.v1.json") ?? ""));
		expect(schema.required).toEqual(["apiVersion", "kind", "pod"]);
		expect(schema.properties.pod.properties.metadata.required).toEqual(["uid", "name"]);
	});
});

describe("example pods", async () => {
	const folder = new URL("../../examples/pods/", import.meta.url);
	const names = (await readdir(folder)).sort();
	const Manifest = z.looseObject({
		metadata: z.looseObject({ annotations: z.record(z.string(), z.string()) }),
	});

	const read = async (name: string) => {
		const manifest = Manifest.parse(load(await readFile(new URL(name, folder), "utf8")));
		const pod = { ...manifest, metadata: { ...manifest.metadata, uid: `uid-of-${name}` } };
		const message = { apiVersion: "cellwright.dev/v1", kind: "PodScheduled", pod };
		return { manifest, found: readPodScheduled(JSON.stringify(message)) };
	};

	it("are at least ten", () => {
		expect(names.length).toBeGreaterThanOrEqual(10);
		expect(names.every((name) => name.endsWith(".yaml"))).toBe(true);
	});

	it.each(names)("%s is a pod without a uid that says how it ends", async (name) => {
		const { manifest, found } = await read(name);
		expect(manifest.metadata).not.toHaveProperty("uid");
		expect(found.outcome).toBe("read");
		expect(manifest.metadata.annotations[expectAnnotation]).toMatch(
			/^(Ready|Failed:[A-Z][A-Za-z]+)$/,
		);
	});

	it.each(names)("%s is invalid exactly where it expects to be", async (name) => {
		const { manifest, found } = await read(name);
		if (found.outcome !== "read") return expect.unreachable();
		const { pod } = found.message;
		const request = () => cellRequestOf(pod, "limits");
		if (manifest.metadata.annotations[expectAnnotation] === "Failed:InvalidPod") {
			expect(request).toThrow(/1aa.*200GiB/s);
		} else {
			expect(request()).toHaveProperty("requirements");
		}
	});

	it("show a migration beside a sidecar as the worst moment", async () => {
		const { found } = await read("init-and-sidecar.yaml");
		if (found.outcome !== "read") return expect.unreachable();
		expect(cellRequestOf(found.message.pod, "limits").requirements).toMatchObject({
			cpuMillis: 2200,
			memoryMib: 2304,
		});
	});
});
