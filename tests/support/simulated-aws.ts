import { startEc2 } from "../../infra/local/ec2/server.ts";
import { laptopAwsEnv } from "../../infra/local/laptop-aws.ts";
import { startPricing } from "../../infra/local/pricing-server.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import { usEast1 } from "../offerings/pods.ts";

/** EC2 and the price list on loopback, selling exactly what the packaged catalogue lists. */
export async function startSimulatedAws() {
	const region = packagedCatalogue("us-east-1");
	const types = region.types.map(({ name, onDemandMicroUsd, burstable, ...type }) => [
		name,
		{ ...type, onDemandHourlyUsd: onDemandMicroUsd / 1e6, burstable: burstable !== undefined },
	]);
	const ec2 = await startEc2({
		types: Object.fromEntries(types),
		zones: usEast1.map((zone, at) => ({ subnetId: `subnet-0ce11000000000${at}`, ...zone })),
		seed: "market",
		throttling: false,
	});
	const pricing = await startPricing(region);
	return {
		ec2: ec2.endpoint,
		pricing: pricing.endpoint,
		env: {
			...laptopAwsEnv,
			AWS_ENDPOINT_URL_EC2: ec2.endpoint,
			AWS_ENDPOINT_URL_PRICING: pricing.endpoint,
		},
		async close() {
			await pricing.close();
			await ec2.close();
		},
	};
}

export type SimulatedAws = Awaited<ReturnType<typeof startSimulatedAws>>;
