import * as z from "zod";

/** A call to launch, as it stands in the queue pod-scheduled, among the pods' own messages. */
const WakeUp = z.object({
	apiVersion: z.literal("cellwright.dev/v1"),
	kind: z.literal("WakeUp"),
	podUid: z.string().min(1).max(128),
});

/** A wake-up is far shorter, however it is escaped: a pod's own message is hardly ever read twice. */
const longestBody = 1_024;

/** The message that calls launch to a pod that has a record. */
export const wakeUpBody = (podUid: string): string =>
	JSON.stringify({
		apiVersion: "cellwright.dev/v1",
		kind: "WakeUp",
		podUid,
	} satisfies z.infer<typeof WakeUp>);

/** The uid of the pod that launch is called to; undefined for any other message. */
export function readWakeUp(body: string): string | undefined {
	if (body.length > longestBody) return undefined;
	try {
		return WakeUp.safeParse(JSON.parse(body)).data?.podUid;
	} catch {
		return undefined;
	}
}
