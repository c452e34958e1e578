import { describe, expect, it } from "vitest";
import { podScheduledMessage, podsIn } from "../../../infra/cli/manifest.ts";
import { readPodScheduled } from "../../../shared/pods/message.ts";

const pod = (name: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {containers: [{name: web, image: nginx}]}
`;

/** A pod with nine to the thirtieth values. */
const laughs = `
kind: Pod
metadata: {name: a}
a: &a0 [x, x, x, x, x, x, x, x, x]
${Array.from({ length: 30 }, (_, index) => `b${index}: &a${index + 1} [${Array(9).fill(`*a${index}`).join(", ")}]`).join("\n")}
`;

describe("a manifest", () => {
	it("gives every pod in it, with a uid of its own and the default namespace", () => {
		const pods = podsIn([pod("a"), pod("b"), ""].join("---\n"), "pods.yaml");
		expect(pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`)).toEqual([
			"default/a",
			"default/b",
		]);
		expect(new Set(pods.map(({ metadata }) => metadata.uid)).size).toBe(2);
	});

	it("becomes a message that launch reads", () => {
		for (const each of podsIn(pod("a"), "pod.yaml"))
			expect(readPodScheduled(podScheduledMessage(each))).toMatchObject({
				outcome: "read",
				message: { pod: { metadata: { name: "a" } } },
			});
	});

	it.each([
		{ text: "kind: Service\nmetadata: {name: a}", fault: "x.yaml, document 1: kind: only Pods" },
		{ text: `${pod("a")}---\nkind: Pod`, fault: "x.yaml, document 2: metadata" },
		{ text: "a: [", fault: "x.yaml" },
		{ text: "", fault: "x.yaml: holds no Kubernetes object" },
		{ text: laughs, fault: "x.yaml, document 1: holds more than 40000 values" },
		{ text: `${pod("a")}---\n&a {b: *a}`, fault: "x.yaml, document 2: holds more than" },
		{ text: " ".repeat(17 * 2 ** 20), fault: "x.yaml: has 17825792 characters" },
		{ text: "[".repeat(100_000), fault: "nesting exceeded maxDepth (100) in line 1" },
	])("is refused with its place and its fault: $fault", ({ text, fault }) => {
		expect(() => podsIn(text, "x.yaml")).toThrow(fault);
	});

	it("may repeat itself with anchors, as people write them", () => {
		const text = "kind: Pod\nmetadata: {name: a}\nx: &x {a: 1}\ny: [*x, *x]\n";
		expect(podsIn(text, "x.yaml")).toMatchObject([{ y: [{ a: 1 }, { a: 1 }] }]);
	});

	it("isn't quoted where it can't be read: pods hold secrets", () => {
		const text = "env: [{name: TOKEN, value: hunter2}\nb: [}";
		expect(() => podsIn(text, "x.yaml")).toThrow(/line \d/);
		expect(() => podsIn(text, "x.yaml")).not.toThrow(/hunter2/);
	});
});
