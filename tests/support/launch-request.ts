import type { LaunchRequest } from "../../shared/instances/model.ts";
import { anImage } from "./cells.ts";

/** A launch that EC2 accepts in the default region of the simulator. */
export const aLaunchRequest = (over: Partial<LaunchRequest> = {}): LaunchRequest => ({
	clientToken: "token",
	offering: { instanceType: "t3a.small", capacityType: "on-demand", cpuCredits: "unlimited" },
	subnetId: "subnet-0000000000000000a",
	image: anImage(),
	volumeGib: 8,
	metadataTokens: "optional",
	securityGroupIds: [],
	privateAddressOnly: false,
	userData: Buffer.from("#cloud-config\n{}\n"),
	tags: { Name: "test", Node: "cell-1" },
	...over,
});
