import { describe, expect, it } from "vitest";
import { faultLines } from "../../infra/console/fault-lines.ts";

const yaml = `kind: Pod
metadata:
  name: web
  annotations:
    pod.elotl.co/volume-size: 1aa
spec:
  containers:
    - name: main
      resources: { requests: { cpu: 1aa } }
---
kind: Deployment
metadata:
  name: api
spec:
  replicas: 2
  template:
    spec:
      containers:
        - name: main
        - name: sidecar
---
kind: List
items:
  - kind: Pod
    metadata:
      name: listed
    spec:
      containers: []
`;

describe("the line of a fault that a choice shows", () => {
	const lineOf = faultLines(yaml);

	it.each([
		["web", "spec.containers[0].resources.requests.cpu", 9],
		["web", 'metadata.annotations["pod.elotl.co/volume-size"]', 5],
		["web", "spec.containers[0].image", 8],
		["api-5d8c-x2x4k", "spec.containers[1].name", 20],
		["listed", "spec.containers", 28],
	])("of %s, %s, is %$", (pod, path, line) => {
		expect(lineOf(pod, path)).toBe(line);
	});

	it("isn't known of a pod that isn't in the text", () => {
		expect(lineOf("another", "spec")).toBeUndefined();
	});
});
