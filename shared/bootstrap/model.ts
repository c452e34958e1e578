import * as z from "zod";
import type { Architecture } from "../offerings/model.ts";
import type { Credentials } from "../pki/model.ts";

/** One file that a cell finds when it boots. */
export type CellFile = Readonly<{
	/** Absolute path. */
	path: string;
	content: string;
}>;

/** What the operator wants on every cell, from provider.yaml. */
export type CellSettings = Readonly<{
	/** `cells.itzo.version`; absent: the launcher's default. */
	itzoVersion?: string;
	/** `cells.itzo.url`; absent: the launcher's default. */
	itzoUrl?: string;
	/** `cells.cellConfig`: keys that the launcher understands. */
	cellConfig: Readonly<Record<string, string>>;
	/** Text of `cells.cloudInitFile`, checked at start; absent: none. */
	cloudInit?: string;
}>;

/** Where a cell finds its own files: in its user data, or in SSM parameters, where Kip's launcher looks first. */
export const CellFilesIn = z.enum(["user-data", "parameter-store"]);
export type CellFilesIn = z.infer<typeof CellFilesIn>;

/**
 * What user data is made from; equal arguments give equal bytes. `filesIn` is `user-data` where nothing is said;
 * without a lifetime, the machine lives until somebody ends it.
 */
export type RenderUserData = (
	credentials: Credentials,
	architecture: Architecture,
	filesIn?: CellFilesIn,
	maxLifetimeSeconds?: number,
) => Uint8Array;

/** One of the parameters that together hold a cell's files. */
export type CellParameter = Readonly<{
	/** Behind `/kip/cells/<instance id>/`. */
	name: string;
	/** Secret. */
	value: string;
}>;

/** A cell's files as the launcher reads them from parameters: one, or parts to be put one behind the other. */
export type RenderCellParameters = (
	credentials: Credentials,
	architecture: Architecture,
) => readonly CellParameter[];

/** The parameters of cells. Every method throws ProvisionerError, without any value in it. */
export type CellParameters = Readonly<{
	/**
	 * Makes an instance's parameters exactly these, whatever was written for it before.
	 *
	 * @param tags of each parameter, beside the instance's id.
	 */
	write(
		instanceId: string,
		parameters: readonly CellParameter[],
		tags: Readonly<Record<string, string>>,
		signal: AbortSignal,
	): Promise<void>;
	/** Deletes all that there are of an instance; none is fine, too. */
	remove(instanceId: string, signal: AbortSignal): Promise<void>;
	/** Ids of the instances, each once, that have parameters with all of these tags. */
	owners(tags: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly string[]>;
}>;
