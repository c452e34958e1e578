import { describe, expect, it } from "vitest";
import type { CellParameters } from "../../shared/bootstrap/model.ts";
import { failed } from "../../shared/cells/transitions.ts";
import { ProvisionerError } from "../../shared/errors.ts";
import { launch } from "../../shared/flows/launch.ts";
import type { ReceivePorts } from "../../shared/flows/receive.ts";
import { reconcile } from "../../shared/flows/reconcile.ts";
import { aPod, aRequest, morning } from "../support/cells.ts";
import { lifePorts } from "../support/life-ports.ts";

const { signal } = new AbortController();
const pod = aPod();
const go = async (ports: ReceivePorts) => launch(pod, aRequest(), morning, ports, signal);

/** A world in which cells find their files in the parameter store. */
const world = () => {
	const made = lifePorts();
	const { config } = made.ports;
	const cells = { ...config.cells, useCloudParameterStore: true };
	const ports = { ...made.ports, config: { ...config, cells } };
	const onlyInstance = (): string => made.instances.living()[0] ?? "none";
	return { ...made, ports, onlyInstance };
};

const unavailable = async () => {
	throw new ProvisionerError("unavailable", "ParametersUnavailable", "not now");
};

describe("a cell with its files in the parameter store", () => {
	it("gets them before anybody waits for it, and none in its user data", async () => {
		const { ports, parameters, instances, history, onlyInstance } = world();
		await go(ports);
		expect(history.at(-1)).toMatchObject({
			phase: "Booting",
			plan: { cellFilesIn: "parameter-store" },
		});
		expect(parameters.of(onlyInstance())["config"]).toContain("server.key:");
		const userData = Buffer.from(instances.requests[0]?.userData ?? []).toString();
		expect(userData).toBe("#cloud-config\n{}\n");
		expect(JSON.stringify(history)).not.toContain("BEGIN");
	});

	it("gets the same ones again from who resumes, and is not waited for until then", async () => {
		const { ports, parameters, instances, history, onlyInstance } = world();
		const written: string[] = [];
		const dying: CellParameters = {
			...parameters,
			async write(...args) {
				await parameters.write(...args);
				written.push(JSON.stringify(parameters.of(args[0])));
				return await unavailable();
			},
		};
		await expect(go({ ...ports, cellParameters: dying })).rejects.toThrow("not now");
		expect(history.at(-1)).toMatchObject({ phase: "Launching" });
		await go(ports);
		expect(history.at(-1)).toMatchObject({ phase: "Booting" });
		expect(instances.living()).toHaveLength(1);
		expect(JSON.stringify(parameters.of(onlyInstance()))).toBe(written[0]);
	});

	it("keeps to its plan when the setting changes meanwhile", async () => {
		const { ports, parameters, instances, onlyInstance } = world();
		const away = { ...parameters, write: unavailable };
		await expect(go({ ...ports, cellParameters: away })).rejects.toThrow("not now");
		const cells = { ...ports.config.cells, useCloudParameterStore: false };
		await go({ ...ports, config: { ...ports.config, cells } });
		expect(parameters.of(onlyInstance())).toHaveProperty("config");
		expect(instances.requests[1]).toEqual(instances.requests[0]);
	});

	it("has none left once it has failed, ready or not", async () => {
		const { ports, parameters, history, onlyInstance } = world();
		await go(ports);
		const instanceId = onlyInstance();
		const cell = await ports.cells.get(pod.uid, signal);
		if (cell?.phase !== "Booting") throw new Error("not booting");
		const why = { reason: "BootTimeout", message: "never answered" };
		const over = await ports.cells.save(failed(cell, why, morning), signal);

		const away = { ...ports, cellParameters: { remove: unavailable } };
		await expect(reconcile(over, away, signal)).rejects.toThrow("not now");
		expect(history.at(-1)?.stages.endedAt).toBeUndefined();
		await reconcile(over, ports, signal);
		expect(parameters.of(instanceId)).toEqual({});
		expect(history.at(-1)?.stages.endedAt).toBeDefined();
	});

	it("has none left when its record has failed while EC2 was asked", async () => {
		const { ports, parameters, instances } = world();
		let launched = "";
		instances.beforeAnswer(async () => {
			const cell = await ports.cells.get(pod.uid, signal);
			if (cell?.phase !== "Launching") throw new Error("not launching");
			await ports.cells.save(
				failed(cell, { reason: "LaunchTimeout", message: "" }, morning),
				signal,
			);
			launched = instances.living()[0] ?? "";
		});
		await go(ports);
		expect(launched).not.toBe("");
		expect(instances.living()).toEqual([]);
		expect(parameters.of(launched)).toEqual({});
	});

	it("is not asked for when its files are too large", async () => {
		const { ports, instances } = world();
		const tooLarge = () => {
			throw new ProvisionerError("operator", "ParametersTooLarge", "43,210 bytes");
		};
		await expect(go({ ...ports, parametersFor: tooLarge })).rejects.toThrow("43,210 bytes");
		expect(instances.requests).toEqual([]);
	});
});

describe("a cell with its files in its user data", () => {
	it("touches no parameter", async () => {
		const { ports, instances } = lifePorts();
		const untouched = { write: unavailable, remove: unavailable, owners: unavailable };
		await go({ ...ports, cellParameters: untouched });
		expect(instances.living()).toHaveLength(1);
	});
});
