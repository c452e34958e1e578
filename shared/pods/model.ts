import * as z from "zod";
import type { Fault } from "../errors.ts";
import { LabelRequirement, Requirements } from "../offerings/model.ts";

/** Whose pod it is; enough to tell its owner something. */
export const PodIdentity = z.object({
	uid: z.string(),
	namespace: z.string(),
	name: z.string(),
});
export type PodIdentity = Readonly<z.infer<typeof PodIdentity>>;

/** Which figure of a container sizes its cell: its limit where it has one, or its request. */
export const Sizing = z.enum(["limits", "requests"]);
export type Sizing = z.infer<typeof Sizing>;

// Everything optional may be null: programs in Go write it for what is empty.

/** Quantities by resource name: `{"cpu": "500m", "memory": "1Gi"}`. */
const ResourceList = z
	.record(
		z.string(),
		z.union([z.string(), z.number()], { error: "must be a quantity such as 500m or 1Gi" }),
	)
	.meta({ id: "ResourceList", description: "Kubernetes quantities by resource name." });
export type ResourceList = Readonly<z.infer<typeof ResourceList>>;

const Resources = z
	.looseObject({
		requests: ResourceList.nullish().describe("What is asked for."),
		limits: ResourceList.nullish().describe("What may be used."),
	})
	.meta({ id: "Resources" });
export type Resources = Readonly<z.infer<typeof Resources>>;

const Container = z
	.looseObject({
		name: z.string().min(1).describe("For faults and the decision's figures."),
		resources: Resources.nullish().describe("What sizes the cell."),
		restartPolicy: z
			.string()
			.nullish()
			.describe("On an init container, Always makes it a sidecar: it runs as long as the pod."),
	})
	.meta({ id: "Container" });
export type Container = Readonly<z.infer<typeof Container>>;

const NodeSelectorTerm = z.looseObject({
	matchExpressions: z
		.array(
			z.looseObject({
				key: z.string().describe("A label of docs/choosing-offerings.md; any other is a fault."),
				operator: LabelRequirement.shape.operator.describe("How the label is compared."),
				values: z.array(z.string()).nullish().describe("With what."),
			}),
		)
		.nullish()
		.describe("All of them must hold."),
	matchFields: z
		.array(z.unknown())
		.nullish()
		.describe("Must be empty: a cell isn't chosen by a node's fields."),
});
export type NodeSelectorTerm = Readonly<z.infer<typeof NodeSelectorTerm>>;

const NodeAffinity = z.looseObject({
	requiredDuringSchedulingIgnoredDuringExecution: z
		.looseObject({
			nodeSelectorTerms: z.array(NodeSelectorTerm).describe("One of them must hold."),
		})
		.nullish()
		.describe("What a cell's offering must be like."),
});

export const PodSpec = z.looseObject({
	containers: z
		.array(Container)
		.min(1, { error: "must hold at least one container" })
		.describe("Their figures are added up."),
	initContainers: z
		.array(Container)
		.nullish()
		.describe("Each runs alone before them, beside the sidecars that stand before it."),
	resources: Resources.nullish().describe("Requests and limits of the whole pod."),
	overhead: ResourceList.nullish().describe("Added to what the containers need."),
	nodeSelector: z
		.record(z.string(), z.string())
		.nullish()
		.describe(
			"Labels that the cell's offering must have; the keys are those of docs/choosing-offerings.md.",
		),
	affinity: z
		.looseObject({ nodeAffinity: NodeAffinity.nullish().describe("What is required of it.") })
		.nullish()
		.describe("Of it, the node affinity."),
	restartPolicy: z
		.enum(["Always", "OnFailure", "Never"])
		.nullish()
		.describe("Whether a lost cell is replaced: Never isn't, once it was Ready."),
});
export type PodSpec = Readonly<z.infer<typeof PodSpec>>;

const uidRule =
	"must be the uid that Kubernetes gave the pod: letters, digits, dashes, at most 128";
const namespaceRule = "must be a DNS label: lower-case letters, digits and dashes, at most 63";
const nameRule = "must be a DNS name: lower-case letters, digits, dashes and dots, at most 253";

/** Kubernetes' `ObjectMeta`. */
export const PodMetadata = z.looseObject({
	uid: z
		.string({ error: uidRule })
		.regex(/^[A-Za-z0-9][-._A-Za-z0-9]{0,127}$/, { error: uidRule })
		.describe("One uid gets one cell, however often its message arrives."),
	namespace: z
		.string({ error: namespaceRule })
		.regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, { error: namespaceRule })
		.default("default")
		.describe("With the name, what people call the pod."),
	name: z
		.string({ error: nameRule })
		.regex(/^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$/, { error: nameRule })
		.describe("With the namespace, what people call the pod."),
	annotations: z
		.record(z.string(), z.string())
		.nullish()
		.describe("Wishes beyond resources and labels; docs/pods.md lists them, others are passed by."),
	labels: z.record(z.string(), z.string()).nullish().describe("Checked to be text, and not used."),
	ownerReferences: z
		.array(
			z.looseObject({
				apiVersion: z.string().describe("Checked to be text, and not used."),
				kind: z.string().describe("Checked to be text, and not used."),
				name: z.string().describe("Checked to be text, and not used."),
				uid: z.string().describe("The workload, where this owner is the controller."),
				controller: z.boolean().nullish().describe("Whether this owner makes the replicas."),
			}),
		)
		.nullish()
		.describe("Replicas of one controller that arrive together are launched by one call."),
});

/**
 * A Kubernetes `v1.Pod`: what we use of it is checked, the rest is passed by, because a newer
 * Kubernetes has more fields.
 */
export const Pod = z.looseObject({
	apiVersion: z.literal("v1", { error: 'must be "v1"' }).optional().describe("As in Kubernetes."),
	kind: z.literal("Pod", { error: 'must be "Pod"' }).optional().describe("As in Kubernetes."),
	metadata: PodMetadata.describe("Which pod it is."),
	spec: PodSpec.describe("What it asks for."),
});
export type Pod = Readonly<z.infer<typeof Pod>>;

const MessageVersion = z
	.literal("cellwright.dev/v1", { error: 'must be "cellwright.dev/v1"' })
	.describe("Version of the message's format.");

/** The message that a pod has been scheduled: it asks for a cell. */
export const PodScheduled = z.looseObject({
	apiVersion: MessageVersion,
	kind: z
		.literal("PodScheduled", { error: 'must be "PodScheduled"' })
		.describe("What the message is about."),
	pod: Pod.describe("The Kubernetes v1.Pod, as the API server shows it."),
});
export type PodScheduled = Readonly<z.infer<typeof PodScheduled>>;

/** The message that a pod has been deleted: its cell ends. Nothing of the pod is read but whose it is. */
export const PodDeleted = z.looseObject({
	apiVersion: MessageVersion,
	kind: z
		.literal("PodDeleted", { error: 'must be "PodDeleted"' })
		.describe("What the message is about."),
	pod: z
		.looseObject({
			metadata: PodMetadata.pick({ uid: true, namespace: true, name: true }).describe(
				"Which pod it is.",
			),
		})
		.describe("Whose cell ends: a whole Kubernetes v1.Pod, or its metadata alone."),
});
export type PodDeleted = Readonly<z.infer<typeof PodDeleted>>;

/**
 * What a pod wants of its cell, all that is kept of a pod: no container, no environment value.
 * A cell is launched from this and provider.yaml alone, also when it is launched again.
 */
export const CellRequest = z.object({
	requirements: Requirements,
	/** Root volume in GiB that the pod needs; absent: the operator's default. */
	volumeGib: z.int().min(1).optional(),
	/** Absent: the operator's default. */
	privateAddressOnly: z.boolean().optional(),
	/** Added to the operator's. */
	securityGroupIds: z.array(z.string()),
	/** Name, or ARN where it holds a colon; absent: the operator's default. */
	instanceProfile: z.string().optional(),
	/** CIDRs routed to the cell. */
	cloudRoutes: z.array(z.string()),
	/** Seconds without a good status after which a running cell is given up; 0 or less: never. */
	healthyTimeoutSeconds: z.int().optional(),
	restartPolicy: z.enum(["Always", "OnFailure", "Never"]),
	/** Uid of the controller that made the pod and its replicas: a ReplicaSet, Job, StatefulSet. */
	workloadUid: z.string().optional(),
});
export type CellRequest = Readonly<z.infer<typeof CellRequest>>;

/** What a message turned out to be. */
export type ReadMessage<Message> =
	| Readonly<{ outcome: "read"; message: Message }>
	/** Wrong, but it says whose pod it is: that pod fails with these faults. */
	| Readonly<{ outcome: "invalid"; pod: PodIdentity; faults: readonly Fault[] }>
	| Unreadable;

/** Nobody can be told: the message belongs in the dead-letter queue, with these faults. */
export type Unreadable = Readonly<{ outcome: "unreadable"; faults: readonly Fault[] }>;
