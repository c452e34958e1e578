import { Image } from "../../shared/images/model.ts";

/** Parses what it builds: a fixture that no longer fits the schema fails here, not in an assertion. */
export const anImage = (over: Partial<Image> = {}): Image =>
	Image.parse({
		imageId: "ami-0123456789abcdef0",
		name: "elotl-kip-1.0",
		ownerId: "689494258501",
		architecture: "x86_64",
		createdAt: "2026-01-02T03:04:05.000Z",
		rootDevice: { name: "/dev/sda1", sizeGib: 4, volumeType: "gp3" },
		...over,
	});
