import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Fault, faultText } from "../../shared/errors.ts";
import { Pod, type PodSpec, type Sizing } from "../../shared/pods/model.ts";
import { effectiveRequest } from "../../shared/pods/requests.ts";

type List = Record<string, string | number>;
type AContainer = { requests?: List; limits?: List; name?: string; restartPolicy?: string };

const aContainer = ({ name = "app", restartPolicy, ...resources }: AContainer) => ({
	name,
	resources,
	...(restartPolicy === undefined ? {} : { restartPolicy }),
});
const aSidecar = (over: AContainer) =>
	aContainer({ name: "proxy", restartPolicy: "Always", ...over });
const aSpec = (over: Record<string, unknown>): PodSpec =>
	Pod.shape.spec.parse({ containers: [aContainer({})], ...over });

function requestOf(over: Record<string, unknown>, sizing: Sizing = "requests") {
	const faults: Fault[] = [];
	const request = effectiveRequest(aSpec(over), sizing, faults);
	expect(faults.map(faultText)).toEqual([]);
	return request;
}
function faultsOf(over: Record<string, unknown>): string[] {
	const faults: Fault[] = [];
	effectiveRequest(aSpec(over), "limits", faults);
	return faults.map(faultText);
}

const cpu = (amount: string | number, over: AContainer = {}): AContainer => ({
	...over,
	requests: { cpu: amount },
});

describe("effectiveRequest by Kubernetes' rules", () => {
	it.each([
		{ when: "no container asks for anything", spec: {}, millis: 0 },
		{
			when: "containers run together",
			spec: { containers: [aContainer(cpu("250m")), aContainer(cpu("0.5")), aContainer(cpu(1))] },
			millis: 1750,
		},
		{
			when: "init containers, which run one after another, need less",
			spec: {
				initContainers: [aContainer(cpu("400m")), aContainer(cpu("300m"))],
				containers: [aContainer(cpu("500m"))],
			},
			millis: 500,
		},
		{
			when: "one init container needs more",
			spec: {
				initContainers: [aContainer(cpu("400m")), aContainer(cpu("2"))],
				containers: [aContainer(cpu("500m")), aContainer(cpu("500m"))],
			},
			millis: 2000,
		},
		{
			when: "a sidecar runs beside the containers",
			spec: { initContainers: [aSidecar(cpu("200m"))], containers: [aContainer(cpu("500m"))] },
			millis: 700,
		},
		{
			// 200m + 2 beside it, against 500m + 200m afterwards.
			when: "an init container runs beside the sidecar before it",
			spec: {
				initContainers: [aSidecar(cpu("200m")), aContainer(cpu("2"))],
				containers: [aContainer(cpu("500m"))],
			},
			millis: 2200,
		},
		{
			when: "an init container has ended before the sidecar starts",
			spec: {
				initContainers: [aContainer(cpu("2")), aSidecar(cpu("200m"))],
				containers: [aContainer(cpu("500m"))],
			},
			millis: 2000,
		},
		{
			// KEP-753's own shape: moments 10, 5+1, 5+2+1, then 5+2+1 beside the containers.
			when: "sidecars add up, each with what starts after it",
			spec: {
				initContainers: [
					aContainer(cpu("6")),
					aSidecar(cpu("5")),
					aContainer(cpu("3")),
					aSidecar(cpu("2")),
					aContainer(cpu("4")),
				],
				containers: [aContainer(cpu("1")), aContainer(cpu("1"))],
			},
			millis: 11_000,
		},
		{
			when: "the pod has overhead",
			spec: { containers: [aContainer(cpu("500m"))], overhead: { cpu: "250m" } },
			millis: 750,
		},
		{
			when: "overhead comes on top of the largest init container, too",
			spec: { initContainers: [aContainer(cpu("2"))], overhead: { cpu: "250m" } },
			millis: 2250,
		},
		{
			when: "a missing request defaults to the limit",
			spec: { containers: [aContainer({ limits: { cpu: "2" } }), aContainer(cpu("1"))] },
			millis: 3000,
		},
		{
			when: "the whole pod's request stands above its containers'",
			spec: { containers: [aContainer(cpu("1"))], resources: { requests: { cpu: "3" } } },
			millis: 3000,
		},
		{
			when: "the whole pod's request has overhead, too",
			spec: { resources: { requests: { cpu: "3" } }, overhead: { cpu: "250m" } },
			millis: 3250,
		},
		{
			when: "the whole pod has only a limit, and its containers have requests",
			spec: { containers: [aContainer(cpu("1"))], resources: { limits: { cpu: "3" } } },
			millis: 1000,
		},
		{
			when: "the whole pod has only a limit, and its containers have nothing",
			spec: { resources: { limits: { cpu: "3" } } },
			millis: 3000,
		},
		{
			when: "fractions of a millicore add up before they are rounded",
			spec: { containers: [aContainer(cpu("100u")), aContainer(cpu("100u"))] },
			millis: 1,
		},
	])("$millis millicores when $when", ({ spec, millis }) => {
		expect(requestOf(spec).cpuMillis).toBe(millis);
	});

	it("gives each resource its own worst moment", () => {
		const request = requestOf({
			initContainers: [aContainer({ name: "unpack", requests: { cpu: "100m", memory: "4Gi" } })],
			containers: [aContainer({ requests: { cpu: "2", memory: "1Gi" } })],
		});
		expect(request).toMatchObject({ cpuMillis: 2000, memoryMib: 4096 });
		expect(request.origins).toEqual([
			"cpu 2: requests of container app",
			"memory 4Gi: requests of init container unpack",
		]);
	});
});

// Rows 22 to 29 of Kip's own tests (cell-contract.md, 7.3), and what we do beyond them.
describe("effectiveRequest sized by limits, as Kip does it", () => {
	it.each([
		{ when: "a limit of 500m", container: { limits: { cpu: "500m" } }, millis: 500, mib: 0 },
		{
			when: "a request of 512Mi",
			container: { requests: { memory: "512Mi" } },
			millis: 0,
			mib: 512,
		},
		{
			when: "limits above requests",
			container: {
				limits: { cpu: "1500m", memory: "1536Mi" },
				requests: { cpu: "1", memory: "1Gi" },
			},
			millis: 1500,
			mib: 1536,
		},
		{
			when: "a limit for one and a request for the other",
			container: { limits: { cpu: "2" }, requests: { cpu: "1", memory: "1Gi" } },
			millis: 2000,
			mib: 1024,
		},
		{
			when: "a tiny amount, which is still an amount",
			container: { requests: { cpu: "1u", memory: "1" } },
			millis: 1,
			mib: 1,
		},
		{ when: "a limit of 0, which is none", container: { limits: { cpu: 0 } }, millis: 0, mib: 0 },
	])("takes $when as $millis millicores and $mib MiB", ({ container, millis, mib }) => {
		const request = requestOf({ containers: [aContainer(container)] }, "limits");
		expect(request).toMatchObject({ cpuMillis: millis, memoryMib: mib });
	});

	it("takes the request where the operator sizes by requests", () => {
		const containers = [aContainer({ limits: { cpu: "1500m" }, requests: { cpu: "1" } })];
		expect(requestOf({ containers }, "requests").cpuMillis).toBe(1000);
	});

	it.each([
		{
			when: "its limit",
			resources: { requests: { cpu: "1" }, limits: { cpu: "3" } },
			millis: 3000,
		},
		{
			when: "the containers' limits above its request",
			resources: { requests: { cpu: "1" } },
			millis: 4000,
		},
		{
			when: "its request above the containers' limits",
			resources: { requests: { cpu: "5" } },
			millis: 5000,
		},
	])("sizes a whole pod by $when", ({ resources, millis }) => {
		const container = aContainer({ requests: { cpu: "500m" }, limits: { cpu: "2" } });
		const spec = { containers: [container, container], resources };
		expect(requestOf(spec, "limits").cpuMillis).toBe(millis);
	});
});

describe("effectiveRequest of other resources", () => {
	it("counts devices by their limit, and storage in GiB rounded up", () => {
		const request = requestOf({
			initContainers: [aContainer({ name: "warm", limits: { "nvidia.com/gpu": 2 } })],
			containers: [
				aContainer({ limits: { "nvidia.com/gpu": "1", "ephemeral-storage": "1500Mi" } }),
				aContainer({ limits: { "aws.amazon.com/neuron": "4" } }),
			],
		});
		expect(request.storageGib).toBe(2);
		expect(request.accelerators).toEqual([
			{ resource: "nvidia.com/gpu", count: 2 },
			{ resource: "aws.amazon.com/neuron", count: 4 },
		]);
		expect(request.origins).toEqual([
			"ephemeral-storage 1500Mi: limits of container app",
			"nvidia.com/gpu 2: limits of init container warm",
			"aws.amazon.com/neuron 4: limits of container app",
		]);
	});

	it("says where a figure of many parts came from", () => {
		const request = requestOf(
			{
				initContainers: [aSidecar(cpu("100m")), aSidecar({ name: "log", limits: { cpu: "100m" } })],
				containers: [aContainer(cpu(1)), aContainer(cpu(1))],
				overhead: { cpu: "250m", memory: "64Mi" },
			},
			"limits",
		);
		expect(request.origins).toEqual([
			"cpu 2450m: limits and requests of 2 containers and 2 sidecars, plus overhead 250m",
			"memory 64Mi: plus overhead 64Mi",
		]);
	});

	it("names the sidecars beside an init container", () => {
		const { origins } = requestOf({
			initContainers: [
				aSidecar(cpu("100m")),
				aContainer({ name: "migrate", requests: { cpu: "2" } }),
			],
		});
		expect(origins).toEqual([
			"cpu 2100m: requests of init container migrate beside the sidecars before it",
		]);
	});

	it("says nothing of an extended resource of which the pod wants none", () => {
		expect(faultsOf({ containers: [aContainer({ limits: { "example.com/x": 0 } })] })).toEqual([]);
	});
});

describe("effectiveRequest of a pod that Kubernetes would refuse", () => {
	it.each([
		{
			when: "a quantity is none",
			spec: { containers: [aContainer(cpu("1aa"))] },
			fault: /^spec\.containers\[0\]\.resources\.requests\.cpu: isn't a quantity.*\(found: 1aa\)$/,
		},
		{
			when: "a quantity of an init container is negative",
			spec: { initContainers: [aContainer({ limits: { memory: "-1Gi" } })] },
			fault:
				/^spec\.initContainers\[0\]\.resources\.limits\.memory: must not be negative \(found: -1Gi\)$/,
		},
		{
			when: "an extended resource is unknown",
			spec: { containers: [aContainer({ limits: { "example.com/x": 1 } })] },
			fault:
				/^spec\.containers\[0\]\.resources\.limits\["example\.com\/x"\]: no cell has example\.com\/x;/,
		},
		{
			when: "huge pages are wanted",
			spec: { containers: [aContainer({ limits: { "hugepages-2Mi": "4Mi" } })] },
			fault: /hugepages-2Mi: no cell has hugepages-2Mi/,
		},
		{
			when: "a device is broken in two",
			spec: { containers: [aContainer({ limits: { "nvidia.com/gpu": "500m" } })] },
			fault: /limits\["nvidia\.com\/gpu"\]: must be a whole number of devices \(found: 500m\)/,
		},
		{
			when: "a request is above its limit",
			spec: { containers: [aContainer({ requests: { cpu: "2" }, limits: { cpu: "1" } })] },
			fault:
				/^spec\.containers\[0\]\.resources\.requests\.cpu: must not be above the limit, 1 \(found: 2\)$/,
		},
		{
			when: "overhead is no quantity",
			spec: { overhead: { memory: "lots" } },
			fault: /^spec\.overhead\.memory: isn't a quantity/,
		},
		{
			when: "the whole pod requests less than its containers",
			spec: {
				containers: [aContainer(cpu(1)), aContainer(cpu(1))],
				resources: { requests: { cpu: "1500m" } },
			},
			fault:
				/^spec\.resources\.requests\.cpu: must be at least 2, what the containers request together/,
		},
		{
			when: "the whole pod's limit is below a container's",
			spec: {
				containers: [aContainer({ requests: { cpu: 1 }, limits: { cpu: 4 } })],
				resources: { limits: { cpu: "3" } },
			},
			fault: /^spec\.resources\.limits\.cpu: must be at least 4, the largest limit of a container/,
		},
		{
			when: "the whole pod asks for a device",
			spec: { resources: { limits: { "nvidia.com/gpu": 1 } } },
			fault: /^spec\.resources: only cpu and memory can be set for the whole pod/,
		},
	])("names field and value when $when", ({ spec, fault }) => {
		expect(faultsOf(spec)).toEqual([expect.stringMatching(fault)]);
	});

	it("reports every fault", () => {
		const bad = aContainer({ limits: { cpu: "1aa", memory: "200GiB", "example.com/x": 1 } });
		expect(faultsOf({ containers: [bad], initContainers: [bad] })).toHaveLength(6);
	});
});

describe("effectiveRequest of any pod", () => {
	const amount = fc.nat({ max: 64_000 });
	const container = fc
		.record({
			request: fc.option(amount, { nil: undefined }),
			extra: fc.option(amount, { nil: undefined }),
			isSidecar: fc.boolean(),
		})
		.map(({ request, extra, isSidecar }) => ({
			request: request ?? extra ?? 0,
			limit: extra === undefined ? (request ?? 0) : (request ?? 0) + extra,
			manifest: aContainer({
				...(isSidecar ? { restartPolicy: "Always" } : {}),
				...(request === undefined ? {} : { requests: { cpu: `${request}m` } }),
				...(extra === undefined ? {} : { limits: { cpu: `${(request ?? 0) + extra}m` } }),
			}),
		}));
	const containers = fc.array(container, { minLength: 1, maxLength: 5 });
	const inits = fc.array(container, { maxLength: 5 });

	it("is never smaller than any single container's, nor limits' smaller than requests'", () => {
		fc.assert(
			fc.property(containers, inits, (own, before) => {
				const spec = {
					containers: own.map(({ manifest }) => ({ ...manifest, restartPolicy: undefined })),
					initContainers: before.map(({ manifest }) => manifest),
				};
				const all = [...own, ...before];
				const byRequests = requestOf(spec, "requests").cpuMillis;
				const byLimits = requestOf(spec, "limits").cpuMillis;
				expect(byRequests).toBeGreaterThanOrEqual(Math.max(...all.map(({ request }) => request)));
				expect(byLimits).toBeGreaterThanOrEqual(Math.max(...all.map(({ limit }) => limit)));
				expect(byLimits).toBeGreaterThanOrEqual(byRequests);
			}),
		);
	});

	it("equals the most that runs at one moment, counted moment by moment", () => {
		fc.assert(
			fc.property(containers, inits, (own, before) => {
				const moments = [0];
				let sidecars = 0;
				for (const { request, manifest } of before) {
					moments.push(sidecars + request);
					if ("restartPolicy" in manifest) sidecars += request;
				}
				moments.push(own.reduce((sum, { request }) => sum + request, sidecars));
				const spec = {
					containers: own.map(({ manifest }) => manifest),
					initContainers: before.map(({ manifest }) => manifest),
				};
				expect(requestOf(spec, "requests").cpuMillis).toBe(Math.max(...moments));
			}),
		);
	});
});
