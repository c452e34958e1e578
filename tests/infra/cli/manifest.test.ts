import { describe, expect, it } from "vitest";
import { podScheduledMessage, podsIn } from "../../../infra/cli/manifest.ts";
import { readPodScheduled } from "../../../shared/pods/message.ts";

const pod = (name: string) => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec: {containers: [{name: web, image: nginx}]}
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
	])("is refused with its place and its fault: $fault", ({ text, fault }) => {
		expect(() => podsIn(text, "x.yaml")).toThrow(fault);
	});
});
