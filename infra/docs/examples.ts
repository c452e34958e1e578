import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import { cellNameOf } from "../../shared/cells/naming.ts";
import { stillborn } from "../../shared/cells/transitions.ts";
import { inspectProvider, parseProvider } from "../../shared/config/provider.ts";
import { faultText, invalid, ProvisionerError } from "../../shared/errors.ts";
import { type InstanceType, packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { defaultSelectionSettings, memoryForPodMib } from "../../shared/offerings/settings.ts";
import { cellRequestOf } from "../../shared/pods/cell-request.ts";
import { readPodScheduled } from "../../shared/pods/message.ts";
import { Pod } from "../../shared/pods/model.ts";
import { StatusEvent, statusOf } from "../../shared/status/model.ts";
import { code, fenced, jsonBlock, table } from "./markdown.ts";

// What the code itself says about an input: an example in the documentation can't be wrong.

const fileOf = (path: string): string =>
	readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const uid = "4c1c4f6e-9f0a-4a39-8d26-0f2b3b0f7a55";
const now = new Date("2026-11-23T10:15:30.000Z");

const faultyProvider = `cloud:
  aws:
    region: us-east-1
    subnetIDs: [subnet-0123456789abcdef0, subnet-0123456789abcdef0]
cells:
  bootImageSpec:
    owners: 099720109477
  defaultInstanceType: t1.micro
  defaultVolumeSize: 500M
  privateIpOnly: true
  spot:
    fallback: ondemand
`;

/** A wrong provider.yaml and what is said about it. */
export const faultsExample = (): string => {
	const { faults } = inspectProvider(faultyProvider, {});
	const { message } = invalid("InvalidConfig", faults);
	return [fenced("yaml", faultyProvider), "", fenced("text", `cellwright: ${message}`)].join("\n");
};

/** What is said about a Kip user's file. */
export const kipWarningsExample = (): string => {
	const { warnings } = parseProvider(fileOf("examples/kip/provider.yaml"));
	return fenced("text", warnings.map((each) => `warning: ${faultText(each)}`).join("\n"));
};

const shownTypes = ["t3a.nano", "t3.small", "t4g.medium", "c7i.large", "m5.large", "g4dn.xlarge"];

const usd = (microUsd: number): string => String(microUsd / 1e6);

const machineRow = ({ name, vcpus, memoryMib, onDemandMicroUsd, burstable }: InstanceType) => [
	code(name),
	`${memoryMib} MiB`,
	`${memoryForPodMib(memoryMib, defaultSelectionSettings)} MiB`,
	String(vcpus),
	burstable === undefined ? "all" : `${burstable.baselineMillis}m`,
	burstable === undefined ? "none" : `${usd(burstable.surchargeMicroUsd * 1000)} USD`,
	`${usd(onDemandMicroUsd)} USD`,
];

/** What some types offer under the default settings. */
export const machinesTable = (): string => {
	const { types, date } = packagedCatalogue("us-east-1");
	const rows = types.filter(({ name }) => shownTypes.includes(name)).map(machineRow);
	const heads = [
		"type",
		"nominal memory",
		"for the pod",
		"vCPU",
		"CPU at list price",
		"surcharge for a vCPU-hour above it",
		"list price of an hour",
	];
	return `${table(heads, rows)}\n\nPrices: us-east-1, on demand, as of ${date}.`;
};

const podOf = (path: string) => {
	const manifest = Pod.omit({ metadata: true }).parse(load(fileOf(path)));
	const metadata = { uid, namespace: "billing", name: "billing-api" };
	return Pod.parse({ ...manifest, metadata });
};

/** One pod's figures by both kinds of sizing. */
export const sizingExample = (): string => {
	const pod = podOf("examples/pods/init-and-sidecar.yaml");
	const origins = (sizing: "limits" | "requests") =>
		cellRequestOf(pod, sizing).requirements.origins.map((line) => `  ${line}`);
	const lines = ["limits:", ...origins("limits"), "requests:", ...origins("requests")];
	return fenced("text", lines.join("\n"));
};

const faultyMessage = {
	apiVersion: "cellwright.dev/v1",
	kind: "PodScheduled",
	pod: {
		metadata: { uid, namespace: "shop", name: "web-7d9c" },
		spec: { containers: [{ name: "web", resources: { requests: { cpu: "1aa", memory: "2Gi" } } }] },
	},
};

/** The status of a pod that can't be launched as it is written. */
export const failedStatusExample = (): string => {
	const read = readPodScheduled(JSON.stringify(faultyMessage));
	if (read.outcome !== "read") throw new RangeError("the message itself must be readable");
	const { pod } = read.message;
	const { name, namespace } = pod.metadata;
	const why = whyInvalid(pod);
	return jsonBlock(statusOf(stillborn({ uid, namespace, name }, cellNameOf(uid), why, now, now)));
};

function whyInvalid(pod: Pod): Pick<ProvisionerError, "reason" | "message"> {
	try {
		cellRequestOf(pod, "limits");
	} catch (error) {
		if (error instanceof ProvisionerError) return { reason: error.reason, message: error.message };
		throw error;
	}
	throw new RangeError("the pod must be invalid");
}

const unreadableBody =
	'{"apiVersion":"cellwright.dev/v2","kind":"PodScheduled","pod":{"metadata":{"name":"web-7d9c"}}}';

/** A dead letter as `aws sqs receive-message` shows it. */
export const deadLetterExample = (): string => {
	const read = readPodScheduled(unreadableBody);
	if (read.outcome !== "unreadable") throw new RangeError("the message must name no pod");
	const text = (StringValue: string) => ({ StringValue, DataType: "String" });
	return jsonBlock({
		Body: unreadableBody,
		MessageAttributes: {
			reason: text("UnreadableMessage"),
			faults: text(read.faults.map(faultText).join("\n")),
		},
	});
};

/** The status of a pod whose cell is ready. */
export const readyStatusExample = (): string => {
	const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString();
	const condition = (type: string, reason: string, message: string, seconds: number) => ({
		type,
		status: "True",
		reason,
		message,
		lastTransitionTime: at(seconds),
	});
	const status = StatusEvent.strict().parse({
		podUid: uid,
		namespace: "shop",
		name: "web-7d9c",
		cellName: cellNameOf(uid),
		version: 4,
		phase: "Ready",
		attempt: 1,
		stages: {
			sentAt: at(0),
			acceptedAt: at(0.2),
			plannedAt: at(0.4),
			launchedAt: at(1.6),
			answeredAt: at(38.1),
			readyAt: at(38.2),
		},
		conditions: [
			condition(
				"Planned",
				"OfferingChosen",
				"t3a.small in use1-az4, on-demand, at 0.0188 USD/h is the cheapest of 1,204 offerings that fit.",
				0.4,
			),
			condition("Launched", "Accepted", "i-0123456789abcdef0", 1.6),
			condition("Ready", "AgentAnswers", "pong", 38.2),
		],
		instance: {
			instanceId: "i-0123456789abcdef0",
			instanceType: "t3a.small",
			zone: "us-east-1a",
			address: "10.0.16.7",
			podAddress: "10.0.16.8",
			hourlyUsd: 0.0188,
			capacityType: "on-demand",
		},
	});
	return jsonBlock(status);
};
