import { describe, expect, it } from "vitest";
import { itzoAnswer, type PodState } from "../../../../infra/local/cell/itzo-routes.ts";

const ask = (method: string, path: string, body = "", pod: PodState = { parameters: undefined }) =>
	itzoAnswer(method, path, body, pod, "127.1.0.4");

describe("itzo's API", () => {
	it.each([
		{ method: "GET", path: "/rest/v1/ping", status: 200, body: "pong" },
		{ method: "GET", path: "/rest/v1/version", status: 200, body: "1.0" },
		{ method: "POST", path: "/rest/v1/ping", status: 404, body: "404 page not found\n" },
		{ method: "GET", path: "/rest/v1/updatepod", status: 404, body: "404 page not found\n" },
		{ method: "GET", path: "/", status: 404, body: "404 page not found\n" },
	])("answers $method $path with $status", ({ method, path, status, body }) => {
		expect(ask(method, path)).toEqual({ status, body });
	});

	it.each(["", "{", "[]", "5", "null"])("refuses %j as a pod, and keeps the one it has", (body) => {
		const pod: PodState = { parameters: { PodIP: "127.1.0.5" } };
		expect(ask("POST", "/rest/v1/updatepod", body, pod)).toEqual({
			status: 400,
			body: "400 Bad Request: the body is not a JSON object\n",
		});
		expect(pod.parameters).toEqual({ PodIP: "127.1.0.5" });
	});

	it.each([
		{ when: "no pod has come", body: undefined, podIP: "" },
		{ when: "the pod has an address", body: '{"PodIP":"127.1.0.5"}', podIP: "127.1.0.5" },
		{ when: "keys are in another case", body: '{"podip":"127.1.0.5"}', podIP: "127.1.0.5" },
		{ when: "the pod has none", body: "{}", podIP: "127.1.0.4" },
		{
			when: "the pod uses the host's network",
			body: '{"PodIP":"127.1.0.5","Spec":{"securityContext":{"namespaceOptions":{"network":2}}}}',
			podIP: "127.1.0.4",
		},
	])("tells the address $podIP when $when", ({ body, podIP }) => {
		const pod: PodState = { parameters: undefined };
		if (body !== undefined) ask("POST", "/rest/v1/updatepod", body, pod);
		expect(JSON.parse(ask("GET", "/rest/v1/status", "", pod).body)).toEqual({
			unitStatus: null,
			initUnitStatus: null,
			resourceUsage: null,
			podIP,
		});
	});
});
