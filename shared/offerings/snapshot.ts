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
 * An array whose every entry holds. One check for the column, since 18,000 entries one by one
 * through zod take 20 ms of a cold start, and plain ones take 1.
 */
const column = <Entry>(what: string, holds: (entry: unknown) => entry is Entry) =>
	z.custom<readonly Entry[]>((value) => Array.isArray(value) && value.every(holds), {
		error: `expected an array of ${what}`,
	});
const integers = (min: number) =>
	column(
		`integers of at least ${min}`,
		(entry): entry is number => Number.isSafeInteger(entry) && Number(entry) >= min,
	);
const wordsOf = <Word extends string | null>(words: readonly Word[]) =>
	column(words.join(", "), (entry): entry is Word => words.some((word) => word === entry));

/**
 * One region's instance types, one array per figure: the nth entries of all belong to the nth name.
 * Columns pack to a third of what records do, and this ships inside a Lambda.
 */
export const Snapshot = z.object({
	source: z.string(),
	/** ISO 8601 date, or instant, of the oldest figure that moves: the prices. */
	date: z.union([z.iso.date(), z.iso.datetime()]),
	region: z.string(),
	/** The different sets of zone ids in which types are sold. */
	zoneSets: z.array(z.array(z.string()).min(1)),
	columns: z.object({
		name: column(
			"names such as m5.large",
			(entry): entry is string =>
				typeof entry === "string" && /^[a-z0-9-]+\.[a-z0-9-]+$/.test(entry),
		),
		architecture: wordsOf(Architecture.options),
		vcpus: integers(1),
		memoryMib: integers(1),
		/** On demand, Linux, shared tenancy. */
		hourlyUsd: column(
			"prices",
			(entry): entry is number => typeof entry === "number" && entry > 0 && entry < 1e6,
		),
		/** Index into `zoneSets`. */
		zoneSet: integers(0),
		spot: column("booleans", (entry): entry is boolean => typeof entry === "boolean"),
		/** null: bare metal. */
		hypervisor: wordsOf(["nitro", "xen", null]),
		networkInterfaces: integers(1),
		ipv4PerInterface: integers(2),
		networkBaselineMbps: integers(0),
		networkPeakMbps: integers(0),
		/** Instance store; 0: none. */
		localStorageGb: integers(0),
		localStorage: wordsOf(["nvme-ssd", "nvme-hdd", "ssd", "hdd", null]),
	}),
	/**
	 * Millionths of a USD for an hour of spot, one column for each zone id; 0: not known. Absent: none is
	 * known, as in the package, whose prices would be old before anybody installs it.
	 */
	spotMicroUsd: z.record(z.string(), integers(0)).optional(),
	burstable: z.record(z.string(), Burstable),
	devices: z.record(z.string(), Device),
});
export type Snapshot = Readonly<z.infer<typeof Snapshot>>;
