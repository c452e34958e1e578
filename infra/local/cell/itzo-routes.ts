import { isMapping } from "./cloud-config.ts";

/** What the agent has been told to run. */
export type PodState = {
	/** Body of the last updatepod; undefined before the first. */
	parameters: Readonly<Record<string, unknown>> | undefined;
};

/** An answer of the agent; Go labels them all as text. */
export type ItzoAnswer = Readonly<{ status: number; body: string }>;

/** itzo's API as far as a controller needs it until the pod is dispatched. */
export function itzoAnswer(
	method: string,
	path: string,
	body: string,
	pod: PodState,
	primaryAddress: string,
): ItzoAnswer {
	switch (`${method} ${path}`) {
		case "GET /rest/v1/ping":
			return { status: 200, body: "pong" };
		case "GET /rest/v1/version":
			return { status: 200, body: "1.0" };
		case "GET /rest/v1/status":
			return { status: 200, body: JSON.stringify(status(pod, primaryAddress)) };
		case "POST /rest/v1/updatepod":
			return updatePod(body, pod);
		default:
			return { status: 404, body: "404 page not found\n" };
	}
}

/** Units stay null, as they do on a cell whose images are still being pulled. */
const status = ({ parameters }: PodState, primaryAddress: string) => ({
	unitStatus: null,
	initUnitStatus: null,
	resourceUsage: null,
	podIP: parameters === undefined ? "" : podAddress(parameters, primaryAddress),
});

/** Kubernetes' `NODE` mode of the network namespace. */
const hostNetwork = 2;

function podAddress(parameters: Readonly<Record<string, unknown>>, primary: string): string {
	const mode = ["spec", "securityContext", "namespaceOptions", "network"].reduce<unknown>(
		(value, key) => field(value, key),
		parameters,
	);
	const address = field(parameters, "PodIP");
	return mode === hostNetwork || typeof address !== "string" || address === "" ? primary : address;
}

/** Go matches keys of JSON without regard to case. */
const field = (value: unknown, key: string): unknown =>
	isMapping(value)
		? Object.entries(value).find(([name]) => name.toLowerCase() === key.toLowerCase())?.[1]
		: undefined;

function updatePod(body: string, pod: PodState): ItzoAnswer {
	const parameters = decoded(body);
	if (parameters === undefined) {
		// Without the parser's message: it quotes the body, which holds secrets.
		return { status: 400, body: "400 Bad Request: the body is not a JSON object\n" };
	}
	pod.parameters = parameters;
	return { status: 200, body: "" };
}

function decoded(body: string): Readonly<Record<string, unknown>> | undefined {
	try {
		const parsed: unknown = JSON.parse(body);
		return isMapping(parsed) ? parsed : undefined;
	} catch {
		return undefined;
	}
}
