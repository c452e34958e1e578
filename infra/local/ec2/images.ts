import type { SimulatedImage } from "./model.ts";

/** The account that Kip's default boot image spec names. */
const elotl = "689494258501";
const canonical = "099720109477";

/** What DescribeImages finds unless the options say otherwise. */
export const simulatedImages: readonly SimulatedImage[] = [
	{
		imageId: "ami-0e10710000000001a",
		name: "elotl-kip-694-20200814-213541",
		ownerId: elotl,
		architecture: "x86_64",
		creationDate: "2020-08-14T21:44:16.000Z",
		deprecationTime: "2022-08-14T21:44:16.000Z",
		rootDeviceName: "/dev/xvda",
		rootVolume: { snapshotId: "snap-0e10710000000001a", sizeGib: 4, volumeType: "gp2" },
		metadataProtocol: "IMDSv1",
	},
	{
		imageId: "ami-0e10710000000002a",
		name: "elotl-kip-1217-20210823-181045",
		ownerId: elotl,
		architecture: "x86_64",
		creationDate: "2021-08-23T18:21:07.000Z",
		rootDeviceName: "/dev/xvda",
		rootVolume: { snapshotId: "snap-0e10710000000002a", sizeGib: 4, volumeType: "gp2" },
		metadataProtocol: "IMDSv1",
	},
	{
		imageId: "ami-0e10710000000003b",
		name: "elotl-kip-1217-arm64-20210823-183512",
		ownerId: elotl,
		architecture: "arm64",
		creationDate: "2021-08-23T18:46:30.000Z",
		rootDeviceName: "/dev/xvda",
		rootVolume: {
			snapshotId: "snap-0e10710000000003b",
			sizeGib: 4,
			volumeType: "gp3",
			iops: 3000,
			throughputMibps: 125,
		},
		metadataProtocol: "IMDSv1",
	},
	{
		imageId: "ami-0ca10000000000001",
		name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-20261015",
		ownerId: canonical,
		architecture: "x86_64",
		creationDate: "2026-10-15T06:12:44.000Z",
		rootDeviceName: "/dev/sda1",
		rootVolume: {
			snapshotId: "snap-0ca10000000000001",
			sizeGib: 8,
			volumeType: "gp3",
			iops: 3000,
			throughputMibps: 125,
		},
		metadataProtocol: "IMDSv2",
	},
	{
		imageId: "ami-0ca10000000000002",
		name: "ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20261015",
		ownerId: canonical,
		architecture: "arm64",
		creationDate: "2026-10-15T06:15:02.000Z",
		rootDeviceName: "/dev/sda1",
		rootVolume: {
			snapshotId: "snap-0ca10000000000002",
			sizeGib: 8,
			volumeType: "gp3",
			iops: 3000,
			throughputMibps: 125,
		},
		metadataProtocol: "IMDSv2",
	},
];
