import * as z from "zod";
import { Architecture } from "./model.ts";

/** GPUs or other accelerators of a machine: never of two kinds, never of two models. */
const Device = z.object({
	kind: z.enum(["gpu", "neuron", "inference", "fpga", "media"]),
	/** Whole devices; 0 where the machine has slices of one. */
	count: z.int().min(0),
	/** Slices of a GPU (g6f, gr6f); 0 where the devices are whole. */
	slices: z.int().min(0),
	manufacturer: z.string(),
	/** AWS's name of the model, such as `A10G`. */
	name: z.string(),
	/** Of one device, or of one slice. */
	memoryMib: z.int().min(0),
});
export type Device = Readonly<z.infer<typeof Device>>;

/** CPU credits apply. */
const Burstable = z.object({
	/** What the whole machine sustains, in thousandths of a vCPU. */
	baselineMillis: z.int().min(0),
	/** Unlimited mode: USD for an hour of one vCPU above the baseline. */
	surchargeUsdPerVcpuHour: z.number().min(0),
});

/**
 * One region's instance types, one array per figure: the nth entries of all belong to the nth name.
 * Columns pack to a third of what records do, and this ships inside a Lambda.
 */
export const Snapshot = z.object({
	source: z.string(),
	/** ISO 8601 date of the oldest figure that moves: the prices. */
	date: z.string(),
	region: z.string(),
	/** The different sets of zone ids in which types are sold. */
	zoneSets: z.array(z.array(z.string()).min(1)),
	columns: z.object({
		name: z.array(z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/)),
		architecture: z.array(Architecture),
		vcpus: z.array(z.int().min(1)),
		memoryMib: z.array(z.int().min(1)),
		/** On demand, Linux, shared tenancy. */
		hourlyUsd: z.array(z.number().positive()),
		/** Index into `zoneSets`. */
		zoneSet: z.array(z.int().min(0)),
		spot: z.array(z.boolean()),
		/** null: bare metal. */
		hypervisor: z.array(z.enum(["nitro", "xen"]).nullable()),
		networkInterfaces: z.array(z.int().min(1)),
		ipv4PerInterface: z.array(z.int().min(2)),
		networkBaselineMbps: z.array(z.int().min(0)),
		networkPeakMbps: z.array(z.int().min(0)),
		/** Instance store; 0: none. */
		localStorageGb: z.array(z.int().min(0)),
		localStorage: z.array(z.enum(["nvme-ssd", "nvme-hdd", "ssd", "hdd"]).nullable()),
	}),
	burstable: z.record(z.string(), Burstable),
	devices: z.record(z.string(), Device),
});
export type Snapshot = Readonly<z.infer<typeof Snapshot>>;
