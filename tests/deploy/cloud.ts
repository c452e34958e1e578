import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import type { Ec2BusEvent } from "../../infra/local/ec2/eventbridge.ts";
import { startLaptopEc2 } from "../../infra/local/laptop-ec2.ts";
import { startPricing } from "../../infra/local/pricing-server.ts";
import type { ProviderConfig } from "../../shared/config/provider.ts";
import { packagedCatalogue } from "../../shared/offerings/catalogue.ts";
import type { Emulator } from "./emulator.ts";

/** The price list, which the emulator hasn't: functions are told of it by the environment they inherit from it. */
export const startPriceList = async (region: string) =>
	await startPricing(packagedCatalogue(region));

/** The simulated EC2 with the operator's subnets; what happens to its instances comes by the default bus. */
export async function startCloud({ aws }: Emulator, config: ProviderConfig) {
	const events = new EventBridgeClient(aws);
	const failures: unknown[] = [];
	const underWay = new Set<Promise<void>>();
	const tell = async ({ source, resources, detail, "detail-type": DetailType }: Ec2BusEvent) => {
		const entry = {
			Source: source,
			DetailType,
			Resources: [...resources],
			Detail: JSON.stringify(detail),
		};
		const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }));
		for (const { ErrorCode } of Entries) if (ErrorCode !== undefined) failures.push(ErrorCode);
	};
	const ec2 = await startLaptopEc2(config, {
		bootTime: { medianMs: 1_500, spread: 0.25 },
		seed: "deployed",
		onEventBridgeEvent(event) {
			const telling: Promise<void> = tell(event)
				.catch((error: unknown) => void failures.push(error))
				.finally(() => underWay.delete(telling));
			underWay.add(telling);
		},
	});
	return {
		ec2,
		/** What EventBridge didn't take. */
		failures: failures as readonly unknown[],
		async close() {
			await ec2.close();
			await Promise.all(underWay);
			events.destroy();
		},
	};
}
