import { crc32, deflateRawSync } from "node:zlib";

/** A file in a package, by its path there. */
export type PackedFile = Readonly<{ path: string; content: string | Uint8Array }>;

/**
 * Files as a ZIP archive: the same files are the same bytes, so that a deployment without changes changes nothing.
 *
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT sections 4.3.7 to 4.3.16
 */
export function zipped(files: readonly PackedFile[]): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let offset = 0;
	for (const { path, content } of files) {
		const data = Buffer.from(content);
		const packed = deflateRawSync(data, { level: 9 });
		const name = Buffer.from(path);
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0); // version 2.0: deflate
		common.writeUInt16LE(0x0800, 2); // names are UTF-8
		common.writeUInt16LE(8, 4); // deflate
		common.writeUInt32LE(firstOfJanuary1980, 6);
		common.writeUInt32LE(crc32(data), 10);
		common.writeUInt32LE(packed.length, 14);
		common.writeUInt32LE(data.length, 18);
		common.writeUInt16LE(name.length, 22);
		const before = Buffer.concat([signature(0x04034b50), common, name]);
		parts.push(before, packed);

		const madeBy = Buffer.from([20, 3]); // by Unix, whose modes follow
		const after = Buffer.alloc(14);
		after.writeUInt32LE((0o100644 << 16) >>> 0, 6);
		after.writeUInt32LE(offset, 10);
		directory.push(signature(0x02014b50), madeBy, common, after, name);
		offset += before.length + packed.length;
	}
	const entries = Buffer.concat(directory);
	const end = Buffer.alloc(18);
	end.writeUInt16LE(files.length, 4);
	end.writeUInt16LE(files.length, 6);
	end.writeUInt32LE(entries.length, 8);
	end.writeUInt32LE(offset, 12);
	return Buffer.concat([...parts, entries, signature(0x06054b50), end]);
}

/** As MS-DOS has it: the earliest time that a ZIP archive can tell; time in the lower half, date in the upper. */
const firstOfJanuary1980 = 0x0021_0000;

function signature(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32LE(value);
	return bytes;
}
