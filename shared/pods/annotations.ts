/**
 * The annotations that a pod may carry: one constant and one parser each. Names and validation are
 * Kip's, and so is that other `pod.elotl.co/` annotations are passed by.
 */
import { isIPv4, isIPv6 } from "node:net";
import type { Fault } from "../errors.ts";
import { faultAt, memberPath } from "./faults.ts";
import { gibOf, parseQuantity } from "./quantity.ts";

type Parsed<Value> = Readonly<{ value: Value }> | Readonly<{ problem: string }>;

type Annotation<Value> = Readonly<{
	key: string;
	/** What it does for the pod, one line for docs/pods.md. */
	meaning: string;
	parse: (text: string) => Parsed<Value>;
}>;

const annotation = <Value>(
	key: string,
	meaning: string,
	parse: (text: string) => Parsed<Value>,
): Annotation<Value> => ({ key, meaning, parse });

/** More than any of these values needs, and little enough for a cell's record. */
const maxLength = 4096;

/** EC2 counts in 32 bits, and no time-out is longer than that either. */
const maxSeconds = 2 ** 31 - 1;

/** What Go's `strconv.ParseBool` takes, and Kip with it. */
const truths: ReadonlySet<string> = new Set(["1", "t", "T", "TRUE", "true", "True"]);
const falsehoods: ReadonlySet<string> = new Set(["0", "f", "F", "FALSE", "false", "False"]);

export const instanceType = annotation(
	"pod.elotl.co/instance-type",
	"The instance type: exact (`c5.large`, taken at its word), or with `*` for any run of characters (`c5*`).",
	(text) => {
		if (/^mac\d/i.test(text))
			return { problem: "Mac instances need a dedicated host; cells have none" };
		if (text.length < 2 || text.startsWith("t1")) {
			return { problem: "must have at least two characters and not be of the family t1" };
		}
		return /^[A-Za-z0-9.*-]{2,64}$/.test(text)
			? { value: text }
			: { problem: "must be an instance type such as c5.large, or a pattern such as c5*" };
	},
);

export const launchType = annotation<"spot" | "ignored">(
	"pod.elotl.co/launch-type",
	"`spot`: a spot instance. `dedicated` is a fault; any other value has no effect.",
	(text) => {
		const word = text.toLowerCase();
		// Kip ignores what it doesn't know; but who wants dedicated hardware must not get shared.
		if (word === "dedicated") {
			return {
				problem: "dedicated hosts aren't available; remove the annotation to share hardware",
			};
		}
		return { value: word === "spot" ? "spot" : "ignored" };
	},
);

export const privateIpOnly = annotation(
	"pod.elotl.co/private-ip-only",
	"`true`: the cell gets no public address; `false`: its subnet decides, whatever `cells.privateIPOnly` says.",
	truthOf,
);

export const volumeSize = annotation(
	"pod.elotl.co/volume-size",
	"Smallest root volume, a quantity of bytes such as `20Gi`, rounded up to whole GiB.",
	(text) => {
		const bytes = parseQuantity(text);
		return bytes !== undefined && bytes > 0n
			? { value: gibOf(bytes) }
			: { problem: "must be a quantity of bytes above 0, such as 20Gi" };
	},
);

export const securityGroups = annotation(
	"pod.elotl.co/security-groups",
	"Security groups for the cell beside the operator's, separated by commas.",
	(text) =>
		everyOf(
			text.split(","),
			(id) => /^sg-[0-9a-z]+$/.test(id),
			"a security group such as sg-0a1b2c3d",
		),
);

export const instanceProfile = annotation(
	"pod.elotl.co/instance-profile",
	"The cell's instance profile instead of the operator's: a name, or an ARN where it holds a colon.",
	(text) =>
		/^(arn:[\w:/+=,.@-]+:instance-profile\/[\w/+=,.@-]+|[\w+=,.@-]{1,128})$/.test(text)
			? { value: text }
			: { problem: "must be an instance profile's name, or its ARN" },
);

export const healthyTimeout = annotation(
	"pod.elotl.co/healthcheck-healthy-timeout",
	"Seconds without a good status after which a cell is given up. Checked and kept on the record; nothing acts on it.",
	(text) => {
		// NaN and infinity are numbers to Kip, and come out of its conversion below 0.
		if (/^([+-]?inf(inity)?|nan)$/i.test(text)) return { value: 0 };
		const seconds = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)
			? Math.trunc(Number(text))
			: NaN;
		return Math.abs(seconds) <= maxSeconds
			? { value: seconds + 0 }
			: { problem: `must be a number of seconds such as 90, at most ${maxSeconds}` };
	},
);

export const cloudRoute = annotation(
	"pod.elotl.co/cloud-route",
	"Networks to be routed to the cell: CIDRs separated by white space. Checked and kept on the record; no route is made.",
	(text) => everyOf(text.split(/\s+/), isCidr, "a network such as 10.20.0.0/16"),
);

export const imageOverlayRootfs = annotation(
	"pod.elotl.co/image-overlay-rootfs",
	"Meant for the agent, which doesn't act on it: checked, and without effect on the cell.",
	truthOf,
);

/** How an example's cell is expected to end: `Ready`, or `Failed:` and the reason. */
export const expectAnnotation = "cellwright.dev/expect";

/**
 * Reads one annotation of a pod; a wrong value adds a fault that names key and value.
 *
 * @returns undefined when the annotation is absent or wrong.
 */
export function annotationOf<Value>(
	{ key, parse }: Annotation<Value>,
	annotations: Readonly<Record<string, string>> | null | undefined,
	faults: Fault[],
): Value | undefined {
	const text = annotations?.[key];
	if (text === undefined) return undefined;
	const parsed: Parsed<Value> =
		text.length > maxLength
			? { problem: `must have at most ${maxLength} characters` }
			: parse(text);
	if ("value" in parsed) return parsed.value;
	faults.push(faultAt(memberPath("metadata.annotations", key), parsed.problem, text));
	return undefined;
}

function truthOf(text: string): Parsed<boolean> {
	if (truths.has(text)) return { value: true };
	return falsehoods.has(text) ? { value: false } : { problem: "must be true or false" };
}

/** Every trimmed part of a list; empty parts don't count. */
function everyOf(
	parts: readonly string[],
	accepts: (part: string) => boolean,
	what: string,
): Parsed<string[]> {
	const values = parts.map((part) => part.trim()).filter((part) => part !== "");
	return values.every(accepts) ? { value: values } : { problem: `each part must be ${what}` };
}

function isCidr(text: string): boolean {
	const [, address = "", prefix = ""] = /^([0-9A-Fa-f.:]+)\/(\d{1,3})$/.exec(text) ?? [];
	const bits = Number(prefix);
	return prefix !== "" && ((isIPv4(address) && bits <= 32) || (isIPv6(address) && bits <= 128));
}
