import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { parseProvider } from "../../shared/config/provider.ts";
import { faultText, ProvisionerError } from "../../shared/errors.ts";
import { offeringChooser } from "../../shared/flows/choose-offering.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { cellRequestOf } from "../../shared/pods/cell-request.ts";
import { readPodDeleted, readPodScheduled } from "../../shared/pods/message.ts";
import { CellRequest } from "../../shared/pods/model.ts";
import { processorMs } from "../support/processor-time.ts";
import { providerYaml } from "../support/provider-yaml.ts";

/** What every object has, and no pod means. */
const inherited = [
	"constructor",
	"prototype",
	"toString",
	"valueOf",
	"hasOwnProperty",
	"isPrototypeOf",
	"__defineGetter__",
	"__lookupSetter__",
	"then",
	"length",
];

const wholePod = () => ({
	apiVersion: "v1",
	kind: "Pod",
	metadata: {
		uid: "6c2b",
		namespace: "shop",
		name: "web",
		annotations: { "pod.elotl.co/volume-size": "20Gi", plain: "text" },
		labels: { app: "web" },
		ownerReferences: [
			{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web", uid: "rs-1", controller: true },
		],
	},
	spec: {
		restartPolicy: "Always",
		nodeSelector: { "kubernetes.io/arch": "amd64" },
		affinity: {
			nodeAffinity: {
				requiredDuringSchedulingIgnoredDuringExecution: {
					nodeSelectorTerms: [
						{
							matchExpressions: [
								{ key: "topology.kubernetes.io/zone", operator: "In", values: ["us-east-1a"] },
							],
						},
					],
				},
			},
		},
		overhead: { cpu: "10m" },
		initContainers: [{ name: "init", restartPolicy: "Always" }],
		containers: [
			{
				name: "app",
				resources: {
					requests: { cpu: "250m", memory: "256Mi" },
					limits: { cpu: 1, memory: "1Gi", "nvidia.com/gpu": "1" },
				},
			},
		],
	},
});
const message = (pod: unknown) => ({
	apiVersion: "cellwright.dev/v1",
	kind: "PodScheduled",
	pod,
});

/** All that launch makes of a message before it touches anything. */
function outcomeOf(body: string): string {
	const read = readPodScheduled(body);
	if (read.outcome === "unreadable") expect(read.faults.length).toBeGreaterThan(0);
	if (read.outcome !== "read") {
		for (const fault of read.faults) expect(faultText(fault).length).toBeLessThan(500);
		return read.outcome;
	}
	try {
		for (const sizing of ["limits", "requests"] as const) {
			const request = cellRequestOf(read.message.pod, sizing);
			// A record that can be written and read again, with finite numbers in it.
			expect(CellRequest.parse(JSON.parse(JSON.stringify(request)))).toEqual(request);
		}
	} catch (error) {
		if (!(error instanceof ProvisionerError) || error.kind !== "invalid") throw error;
		expect(error.message.length).toBeLessThan(20_000);
		return "invalid";
	}
	return "read";
}

const prototypesBefore = [Object, Array, String, Function].map((each) =>
	Object.getOwnPropertyNames(each.prototype),
);
afterEach(() => {
	const now = [Object, Array, String, Function].map((each) =>
		Object.getOwnPropertyNames(each.prototype),
	);
	expect(now).toEqual(prototypesBefore);
});

/** Every place in a document, the innermost too. */
const placesIn = (value: unknown): readonly (readonly string[])[] => [
	[],
	...(typeof value === "object" && value !== null
		? Object.entries(value).flatMap(([key, member]) =>
				placesIn(member).map((place) => [key, ...place]),
			)
		: []),
];

/** The document with something else in one place. */
function changed(value: unknown, [step, ...rest]: readonly string[], change: Change): unknown {
	if (step === undefined) return change(value);
	if (Array.isArray(value))
		return value.map((member, index) =>
			String(index) === step ? changed(member, rest, change) : member,
		);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, member]) => [
			key,
			key === step ? changed(member, rest, change) : member,
		]),
	);
}
type Change = (value: unknown) => unknown;

const text = fc.oneof(
	fc.string({ unit: "binary", maxLength: 20 }),
	fc.constantFrom(
		...inherited,
		"__proto__",
		"\ud800",
		"",
		"500m",
		"1e999",
		"-1",
		"0x10",
		"9".repeat(400),
	),
);
const number = fc.constantFrom(0, -0, -1, 0.1, 1e21, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 63);
const anything: fc.Arbitrary<unknown> = fc.oneof(
	text,
	number,
	fc.constantFrom(null, true, false, [], {}),
	fc.jsonValue({ maxDepth: 3 }),
	fc.dictionary(text, fc.oneof(text, number), { maxKeys: 4 }),
);
const change: fc.Arbitrary<Change> = fc.oneof(
	anything.map(
		(other): Change =>
			() =>
				other,
	),
	anything.map(
		(other): Change =>
			(value) => [value, other],
	),
	fc.tuple(text, anything).map(
		([key, other]): Change =>
			(value) =>
				typeof value === "object" && value !== null && !Array.isArray(value)
					? Object.fromEntries([...Object.entries(value), [key, other]])
					: other,
	),
);

describe("a pod that is wrong anywhere", () => {
	it("is read, or invalid, or unreadable, and nothing else ever", () => {
		const valid = message(wholePod());
		const places = placesIn(valid);
		const seen = new Map<string, number>();
		const mutation = fc.tuple(fc.constantFrom(...places), change);
		fc.assert(
			fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
				const document = mutations.reduce<unknown>(
					(value, [place, how]) => changed(value, place, how),
					valid,
				);
				const outcome = outcomeOf(JSON.stringify(document) ?? "");
				seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
			}),
			{ numRuns: 3_000 },
		);
		// The mutations bite, and not so hard that nothing is left to look at.
		for (const outcome of ["read", "invalid", "unreadable"])
			expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan(100);
	});

	it.each([
		["a number beyond all numbers", '"cpu":1,', '"cpu":1e999,', "invalid"],
		["a negative number beyond all", '"cpu":1,', '"cpu":-1e999,', "invalid"],
		["a number in every digit", '"cpu":1,', `"cpu":${"9".repeat(5_000)},`, "invalid"],
		["a quantity of a million digits", '"cpu":1,', `"cpu":"${"9".repeat(900_000)}",`, "invalid"],
		// Quantities like any other, and more than anybody sells.
		["a quantity with a large exponent", '"cpu":1,', '"cpu":"1e999999999",', "read"],
		["more memory than there is", '"memory":"1Gi"', '"memory":"9999999999999Ei"', "read"],
		["half a character for a name", '"name":"web"', '"name":"\\ud800"', "unreadable"],
	])("may hold %s, and is looked through quickly", (_, from, to, outcome) => {
		const body = JSON.stringify(message(wholePod()));
		expect(body).toContain(from);
		const ms = processorMs(() => expect(outcomeOf(body.replace(from, to))).toBe(outcome));
		expect(ms).toBeLessThan(2_000);
	});

	it("counts the last of two equal keys, as every JSON reader does", () => {
		const body = JSON.stringify(message(wholePod())).replace(
			'"name":"web"',
			'"name":"first","name":"web"',
		);
		expect(readPodScheduled(body)).toMatchObject({
			message: { pod: { metadata: { name: "web" } } },
		});
	});

	it("isn't echoed: a name of a megabyte is cut", () => {
		const pod = {
			...wholePod(),
			metadata: { ...wholePod().metadata, name: "N".repeat(1_000_000) },
		};
		const read = readPodScheduled(JSON.stringify(message(pod)));
		expect(JSON.stringify(read).length).toBeLessThan(2_000);
	});

	it("is read with a half character where it doesn't matter, and can still be sent on", () => {
		const pod = { ...wholePod(), metadata: { ...wholePod().metadata, labels: { a: "\ud800" } } };
		expect(outcomeOf(JSON.stringify(message(pod)))).toBe("read");
	});
});

describe("names that every object has", () => {
	const { config } = parseProvider(providerYaml({}));
	const choose = offeringChooser(config, async () => packagedCatalogue("us-east-1"));
	const subnets = [
		{ subnetId: "subnet-a", zoneId: "use1-az1", zone: "us-east-1a", freeAddresses: 10 },
	];
	/** What becomes of a pod that has this name in one place. */
	async function fate(name: string, place: (name: string) => object): Promise<unknown> {
		const pod = { ...wholePod(), ...place(name) };
		const read = readPodScheduled(JSON.stringify(message(pod)));
		const plainly = (value: unknown) =>
			JSON.parse(JSON.stringify(value).replaceAll(name, "unknown-name"));
		if (read.outcome !== "read") return plainly(read);
		try {
			const request = cellRequestOf(read.message.pod, "limits");
			const { offering, possible, decision } = await choose(request, subnets, () => false, "seed");
			return plainly({ request, offering: offering ?? "none", possible, decision });
		} catch (error) {
			if (!(error instanceof ProvisionerError)) throw error;
			return plainly([error.kind, error.reason, error.faults]);
		}
	}
	const container = (resources: object) => ({
		spec: { containers: [{ name: "app", resources }] },
	});
	const places: Readonly<Record<string, (name: string) => object>> = {
		annotations: (name) => ({
			metadata: { ...wholePod().metadata, annotations: { [name]: "1" } },
		}),
		"annotations of ours": (name) => ({
			metadata: { ...wholePod().metadata, annotations: { [`pod.elotl.co/${name}`]: "1" } },
		}),
		labels: (name) => ({ metadata: { ...wholePod().metadata, labels: { [name]: "1" } } }),
		limits: (name) => container({ limits: { [name]: "1" } }),
		requests: (name) => container({ requests: { [name]: "1" } }),
		"the instance type": (name) => ({
			metadata: {
				...wholePod().metadata,
				annotations: { "pod.elotl.co/instance-type": name },
			},
		}),
		"the GPU's model": (name) => ({
			spec: { ...container({ limits: { "nvidia.com/gpu": "1" } }).spec },
			metadata: {
				...wholePod().metadata,
				annotations: { "pod.elotl.co/gpu-model": name },
			},
		}),
		nodeSelector: (name) => ({
			spec: { containers: [{ name: "app" }], nodeSelector: { [name]: "1" } },
		}),
		"a label's value": (name) => ({
			spec: {
				containers: [{ name: "app" }],
				nodeSelector: { "node.kubernetes.io/instance-type": name },
			},
		}),
		"the architecture": (name) => ({
			spec: { containers: [{ name: "app" }], nodeSelector: { "kubernetes.io/arch": name } },
		}),
		"the capacity type": (name) => ({
			spec: {
				containers: [{ name: "app" }],
				nodeSelector: { "karpenter.sh/capacity-type": name },
			},
		}),
		"an expression": (name) => ({
			spec: {
				containers: [{ name: "app" }],
				affinity: {
					nodeAffinity: {
						requiredDuringSchedulingIgnoredDuringExecution: {
							nodeSelectorTerms: [
								{ matchExpressions: [{ key: name, operator: "In", values: [name] }] },
							],
						},
					},
				},
			},
		}),
	};

	it.each(Object.entries(places))("mean no more than any other in %s", async (_, place) => {
		for (const name of inherited) {
			// Of the same letters but one: it looks the same to every rule of spelling.
			const unknown = name.replace(/[a-z]/, "q");
			expect(await fate(name, place), name).toEqual(await fate(unknown, place));
		}
	});

	it("and a prototype of its own is refused, wherever it stands", () => {
		const valid = message(wholePod());
		for (const place of placesIn(valid)) {
			const body = JSON.stringify(changed(valid, place, (value) => ({ marked: value }))).replace(
				'"marked"',
				'"__proto__"',
			);
			expect(["invalid", "unreadable"], place.join(".")).toContain(outcomeOf(body));
			expect(readPodDeleted(body).outcome).toBe("unreadable");
		}
	});
});
