import { describe, expect, it } from "vitest";
import { ProvisionerError } from "../../shared/errors.ts";
import { launch } from "../../shared/flows/launch.ts";
import type { ReceivePorts } from "../../shared/flows/receive.ts";
import type { LaunchRequest, RefusalReason } from "../../shared/instances/model.ts";
import { anImage, aPod, aRequest, morning, secondsLater } from "../support/cells.ts";
import { launchPorts } from "../support/launch-ports.ts";

const { signal } = new AbortController();
const zoneNames = ["us-east-1a", "us-east-1b"];

const refusal = (reason: RefusalReason, code: string, message = `EC2 said ${code}`) =>
	({ outcome: "refused", reason, code, message }) as const;
const noCapacity = refusal("no-capacity", "InsufficientInstanceCapacity");

const deliver = async (ports: ReceivePorts, uid: string, over = {}) =>
	await launch(aPod(uid), { ...aRequest(), ...over }, morning, ports, signal);

/** A pod that only one type can hold. */
const only = (instanceType: string) => ({
	requirements: { ...aRequest().requirements, instanceType },
});

const typesAsked = (requests: readonly LaunchRequest[]) =>
	requests.map(({ offering }) => offering.instanceType);

describe("what one pod was refused", () => {
	it("isn't asked for again, by any pod on any worker", async () => {
		const here = launchPorts();
		const there = launchPorts({ setAside: here.ports.setAside });
		await deliver(here.ports, "free");
		const [cheapest = ""] = typesAsked(here.instances.requests);
		here.instances.refuse(({ offering }) =>
			offering.instanceType === cheapest ? noCapacity : undefined,
		);
		await deliver(here.ports, "first");
		expect(typesAsked(here.instances.requests.slice(1, 3))).toEqual([cheapest, cheapest]);
		await deliver(there.ports, "second");
		expect(there.instances.requests).toHaveLength(1);
		expect(typesAsked(there.instances.requests)).toEqual([
			typesAsked(here.instances.requests).at(-1),
		]);
		expect(there.history.at(-1)).toMatchObject({ phase: "Booting", attempt: 1, refusals: [] });
	});

	it("is tried again when its time is over, and set aside for longer the next time", async () => {
		const { ports, instances, history, pass } = launchPorts();
		instances.refuse(() => noCapacity);
		const wait = async (uid: string) =>
			await expect(deliver(ports, uid, only("t3a.small"))).rejects.toMatchObject({
				reason: "NoCapacity",
			});
		await wait("first");
		const zones = instances.requests.length;
		expect(zones).toBe(2);
		pass(179);
		await wait("second");
		expect(instances.requests).toHaveLength(zones);
		pass(1);
		await wait("third");
		expect(instances.requests).toHaveLength(zones * 2);
		pass(359);
		await wait("fourth");
		expect(instances.requests).toHaveLength(zones * 2);
		pass(1);
		instances.refuse(() => undefined);
		await deliver(ports, "fifth", only("t3a.small"));
		expect(history.at(-1)).toMatchObject({ phase: "Booting", refusals: [] });
	});

	it("leaves out the zones that EC2 doesn't name", async () => {
		const { ports, instances } = launchPorts();
		const hint =
			"We currently do not have sufficient capacity in the Availability Zone you requested. You can currently get capacity by not specifying an Availability Zone in your request or choosing us-east-1e, us-east-1f.";
		instances.refuse(() =>
			instances.requests.length === 1
				? refusal("no-capacity", "InsufficientInstanceCapacity", hint)
				: undefined,
		);
		await deliver(ports, "hinted");
		const [first, second] = typesAsked(instances.requests);
		expect(second).not.toBe(first);
		expect(instances.requests).toHaveLength(2);
	});

	it("stands in the pod's answer with its time, and in its decision", async () => {
		const { ports, instances, history } = launchPorts();
		instances.refuse(() => noCapacity);
		const until = secondsLater(180).toISOString();
		const text = `set aside until ${until} (InsufficientInstanceCapacity)`;
		await expect(deliver(ports, "told", only("t3a.small"))).rejects.toMatchObject({
			reason: "NoCapacity",
			message: expect.stringMatching(/^EC2 refused everything that fits: t3a\.small on-demand in /),
			retryAfterSeconds: 20,
		});
		const cell = history.at(-1);
		expect(cell?.conditions.find(({ type }) => type === "Launched")?.message).toContain(text);
		expect(cell?.decision?.candidates.map(({ verdict }) => verdict)).toEqual(
			zoneNames.map(() => text),
		);
	});

	it("brings the pod back when the first of it may be tried again", async () => {
		const { ports, instances, pass } = launchPorts();
		instances.refuse(() => noCapacity);
		await expect(deliver(ports, "soon", only("t3a.small"))).rejects.toBeInstanceOf(
			ProvisionerError,
		);
		pass(175);
		await expect(deliver(ports, "soon", only("t3a.small"))).rejects.toMatchObject({
			retryAfterSeconds: 5,
		});
	});

	it("says so where it is only that no subnet has addresses", async () => {
		const full = { subnetId: "subnet-a", zoneId: "use1-az1", zone: "us-east-1a", freeAddresses: 1 };
		const { ports } = launchPorts({ subnets: { list: async () => [full] } });
		await expect(deliver(ports, "no-room")).rejects.toMatchObject({
			reason: "NoCapacity",
			message: expect.stringContaining("add subnets to provider.yaml"),
		});
	});
});

describe("a set-aside list that can't be reached", () => {
	it("costs a pod nothing but requests: its own refusals count", async () => {
		const away = async () => {
			throw new Error("table is away");
		};
		const { ports, instances, history, lines } = launchPorts({
			setAside: { standing: away, add: away },
		});
		instances.refuse(() => (instances.requests.length <= 3 ? noCapacity : undefined));
		await deliver(ports, "alone");
		expect(history.at(-1)).toMatchObject({ phase: "Booting", attempt: 4 });
		expect(lines.join("\n")).toContain("set-aside list could not be read");
		expect(lines.join("\n")).toContain("refusal could not be shared");
	});
});

describe("a permission that is missing", () => {
	it("is in the log whole, so that EC2's encoded message can be decoded", async () => {
		const { ports, instances, lines } = launchPorts();
		const message = `You are not authorized. Encoded authorization failure message: ${"x".repeat(2000)}`;
		instances.refuse(() => refusal("forbidden", "UnauthorizedOperation", message));
		await expect(deliver(ports, "forbidden")).rejects.toMatchObject({
			reason: "UnauthorizedOperation",
		});
		expect(lines.find((line) => line.includes("launch refused"))).toContain(message);
	});
});

describe("a quota", () => {
	it("of the spot market closes all of it", async () => {
		const { ports, instances, lines } = launchPorts();
		const spot = { requirements: { ...aRequest().requirements, capacityType: "spot" as const } };
		instances.refuse(() => refusal("quota", "MaxSpotInstanceCountExceeded"));
		await expect(deliver(ports, "spot", spot)).rejects.toMatchObject({
			reason: "NoCapacity",
			message: expect.stringContaining(secondsLater(300).toISOString()),
		});
		expect(instances.requests).toHaveLength(1);
		await deliver(ports, "on-demand", only("t3a.small")).catch(() => undefined);
		expect(instances.requests).toHaveLength(2);
		// A human must have it raised.
		expect(lines.filter((line) => /"level":"error".*launch refused/.test(line))).toHaveLength(2);
	});

	it("of a class on demand leaves the other classes open", async () => {
		const { ports, instances } = launchPorts();
		instances.refuse(({ offering }) =>
			offering.instanceType.startsWith("x") ? undefined : refusal("quota", "VcpuLimitExceeded"),
		);
		await expect(deliver(ports, "standard", only("m5.large"))).rejects.toThrow("VcpuLimitExceeded");
		await expect(deliver(ports, "other", only("c5.large"))).rejects.toThrow("VcpuLimitExceeded");
		expect(typesAsked(instances.requests)).toEqual(["m5.large"]);
		await deliver(ports, "large", only("x2iedn.xlarge"));
		expect(typesAsked(instances.requests)).toEqual(["m5.large", "x2iedn.xlarge"]);
	});
});

describe("an answer that nobody can read", () => {
	it("of an unknown code is loud, repeats the plan, and is the pod's answer after its time", async () => {
		const { ports, instances, history, pass } = launchPorts();
		instances.refuse(() => {
			throw new ProvisionerError("operator", "UnknownRefusal", "FluxCapacitorDrained: 1.21 GW");
		});
		const lost = { kind: "operator", reason: "UnknownRefusal" };
		await expect(deliver(ports, "flux")).rejects.toMatchObject(lost);
		await expect(deliver(ports, "flux")).rejects.toMatchObject(lost);
		expect(new Set(instances.requests.map(({ clientToken }) => clientToken)).size).toBe(1);
		expect(history.at(-1)).toMatchObject({ phase: "Launching", attempt: 1 });
		pass(ports.config.cells.capacityTimeoutSeconds);
		await deliver(ports, "flux");
		expect(history.at(-1)).toMatchObject({
			phase: "Failed",
			reason: "UnknownRefusal",
			message: expect.stringContaining("FluxCapacitorDrained"),
		});
		expect(await ports.setAside.standing(signal)).toEqual([]);
	});

	it.each(["ECONNRESET", "TimeoutError", "UnreadableAnswer"])(
		"(%s) repeats the same token, and is the pod's answer after its time",
		async (code) => {
			const { ports, instances, history, pass } = launchPorts();
			instances.refuse(() => refusal("transient", code));
			await expect(deliver(ports, "cut")).rejects.toMatchObject({
				kind: "unavailable",
				reason: code,
			});
			pass(ports.config.cells.capacityTimeoutSeconds);
			await deliver(ports, "cut");
			const [first, second] = instances.requests;
			expect(second).toEqual(first);
			expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: code });
		},
	);

	it("loses no instance: what the lost answer told of is looked for before a pod is given up", async () => {
		const { ports, instances, history, pass } = launchPorts();
		const deaf: ReceivePorts = {
			...ports,
			instances: {
				...ports.instances,
				async launch(request, until) {
					await ports.instances.launch(request, until);
					return refusal("transient", "ECONNRESET");
				},
			},
		};
		await expect(deliver(deaf, "deaf")).rejects.toMatchObject({ reason: "ECONNRESET" });
		pass(ports.config.cells.capacityTimeoutSeconds);
		await deliver(deaf, "deaf");
		expect(instances.living()).toHaveLength(1);
		expect(history.at(-1)).toMatchObject({
			phase: "Booting",
			instance: { instanceId: instances.living()[0] },
		});
	});

	it("gives a pod its answer although nobody can look for an instance", async () => {
		const { ports, instances, history, pass } = launchPorts();
		instances.refuse(() => refusal("forbidden", "UnauthorizedOperation"));
		const blind: ReceivePorts = {
			...ports,
			instances: {
				...ports.instances,
				byToken: async () => {
					throw new Error("not allowed");
				},
			},
		};
		await expect(deliver(blind, "blind")).rejects.toMatchObject({ retryAfterSeconds: 60 });
		pass(ports.config.cells.capacityTimeoutSeconds);
		await deliver(blind, "blind");
		expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: "UnauthorizedOperation" });
	});
});

describe("the end of a run in the middle of a launch", () => {
	it("brings the message back soon, and the next run repeats the same plan", async () => {
		const { ports, instances, history } = launchPorts();
		const run = new AbortController();
		const cut: ReceivePorts = {
			...ports,
			cells: {
				...ports.cells,
				// As DynamoDB's client does.
				async save(cell, until) {
					until.throwIfAborted();
					return await ports.cells.save(cell, until);
				},
			},
			instances: {
				...ports.instances,
				async launch(request, until) {
					await ports.instances.launch(request, until);
					run.abort(new Error("out of time"));
					return refusal("transient", "AbortError");
				},
			},
		};
		await expect(launch(aPod("cut"), aRequest(), morning, cut, run.signal)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "AbortError",
			retryAfterSeconds: 5,
		});
		await deliver(ports, "cut");
		expect(instances.requests[1]).toEqual(instances.requests[0]);
		expect(instances.living()).toHaveLength(1);
		expect(history.at(-1)).toMatchObject({ phase: "Booting", attempt: 1 });
	});

	it("is told as what it is wherever it comes", async () => {
		const { ports } = launchPorts();
		const run = AbortSignal.abort(new Error("out of time"));
		await expect(launch(aPod("late"), aRequest(), morning, ports, run)).rejects.toMatchObject({
			kind: "unavailable",
			reason: "OutOfTime",
		});
	});
});

describe("an image that EC2 doesn't launch", () => {
	/** A register of images: what is looked up next, and what was forgotten. */
	const register = (...imageIds: string[]) => {
		const forgotten: string[] = [];
		const world = launchPorts({
			images: {
				find: async (_spec, architecture) => ({
					image: anImage({ architecture, imageId: imageIds[0] ?? "ami-none" }),
					ageSeconds: 0,
					source: "cache",
				}),
				async forget(_spec, _architecture, imageId) {
					forgotten.push(imageId);
					if (imageIds[0] === imageId && imageIds.length > 1) imageIds.shift();
				},
			},
		});
		return { ...world, forgotten };
	};
	const gone = refusal("no-image", "InvalidAMIID.NotFound");

	it("is looked up anew, and the next attempt boots what is found", async () => {
		const { ports, instances, history, forgotten } = register("ami-old", "ami-new");
		instances.refuse(({ image }) => (image.imageId === "ami-old" ? gone : undefined));
		await deliver(ports, "renewed");
		expect(instances.requests.map(({ image }) => image.imageId)).toEqual(["ami-old", "ami-new"]);
		expect(forgotten).toEqual(["ami-old"]);
		expect(history.at(-1)).toMatchObject({ phase: "Booting", attempt: 2 });
		// The image is at fault, not the offering.
		expect(typesAsked(instances.requests)[1]).toBe(typesAsked(instances.requests)[0]);
	});

	it("fails the pod, with image and spec, when it is found again", async () => {
		const { ports, instances, history } = register("ami-old");
		instances.refuse(() => gone);
		await deliver(ports, "same");
		expect(instances.requests).toHaveLength(1);
		expect(history.at(-1)).toMatchObject({
			phase: "Failed",
			reason: "ImageGone",
			message: expect.stringMatching(/ami-old.*\{.*\}.*InvalidAMIID\.NotFound/),
		});
	});

	it("is looked up once only", async () => {
		const { ports, instances, history } = register("ami-1", "ami-2", "ami-3");
		instances.refuse(() => gone);
		await deliver(ports, "twice");
		expect(instances.requests).toHaveLength(2);
		expect(history.at(-1)).toMatchObject({ phase: "Failed", reason: "ImageGone" });
	});
});

describe("an account that enforces IMDSv2", () => {
	it("fails the pod with exactly that, and with what to change", async () => {
		const { ports, instances, history } = launchPorts();
		const words =
			"You can't launch instances with IMDSv1 because httpTokensEnforced is enabled for this account.";
		instances.refuse(() => refusal("tokens-enforced", "UnsupportedOperation", words));
		await deliver(ports, "enforced");
		expect(history.at(-1)).toMatchObject({
			phase: "Failed",
			reason: "HttpTokensEnforced",
			message: expect.stringMatching(/cells\.metadataTokens.*httpTokensEnforced.*IMDSv1/s),
		});
	});
});
