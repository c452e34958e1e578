import { gzipSync } from "node:zlib";
import { ProvisionerError } from "../errors.ts";
import { type CloudConfigPart, cloudConfigRenderer } from "./cloud-config.ts";
import type { CellSettings, RenderUserData } from "./model.ts";

/** Before base64. @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html */
export const userDataLimitBytes = 16_384;

/** Where gzip's header names the operating system (RFC 1952), and how it says "unknown". */
const gzipSystem = { offset: 9, unknown: 255 } as const;

/**
 * User data for cells with these settings. Equal arguments give equal bytes.
 *
 * What fits stays text: a person who looks at an instance's user data in the console can read it. What
 * doesn't is compressed, which every reader on a cell takes.
 *
 * @throws ProvisionerError `invalid` `InvalidCloudInit`, see `cloudConfigRenderer`. The function it gives
 *   throws ProvisionerError `operator` `UserDataTooLarge` with the size of every part.
 */
export function userDataRenderer(settings: CellSettings): RenderUserData {
	const partsFor = cloudConfigRenderer(settings);
	return (credentials, architecture, filesIn, maxLifetimeSeconds) => {
		const parts = partsFor(credentials, architecture, filesIn, maxLifetimeSeconds);
		const plain = Buffer.from(parts.map(({ text }) => text).join(""), "utf8");
		if (plain.length <= userDataLimitBytes) return plain;
		const packed = gzip(plain);
		if (packed.length <= userDataLimitBytes) return packed;
		throw tooLarge(parts, plain.length, packed.length);
	};
}

/** The same bytes from the same text, whenever and wherever. */
export function gzip(plain: Uint8Array): Buffer {
	// zlib writes no time; the system that it ran on is the only thing that could differ.
	const packed = gzipSync(plain, { level: 9 });
	packed[gzipSystem.offset] = gzipSystem.unknown;
	return packed;
}

function tooLarge(
	parts: readonly CloudConfigPart[],
	plainBytes: number,
	packedBytes: number,
): ProvisionerError {
	const bytes = new Map<string, number>();
	for (const { part, text } of parts) {
		bytes.set(part, (bytes.get(part) ?? 0) + Buffer.byteLength(text));
	}
	bytes.set("together", plainBytes);
	bytes.set("compressed", packedBytes);
	bytes.set("EC2's limit", userDataLimitBytes);
	const width = Math.max(...[...bytes.keys()].map((part) => part.length));
	const rows = [...bytes].map(
		([part, size]) => `${part.padEnd(width)} ${String(size).padStart(7)}`,
	);
	return new ProvisionerError(
		"operator",
		"UserDataTooLarge",
		`User data is too large even when compressed: shorten cells.cloudInitFile. Bytes:\n${rows.join("\n")}`,
	);
}
