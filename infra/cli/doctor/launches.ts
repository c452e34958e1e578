import { setTimeout as delay } from "node:timers/promises";
import { type EC2Client, EC2ServiceException, RunInstancesCommand } from "@aws-sdk/client-ec2";
import { userDataLimitBytes } from "../../../shared/bootstrap/user-data.ts";
import type { ProviderConfig } from "../../../shared/config/provider.ts";
import type { Image } from "../../../shared/images/model.ts";
import type { LaunchRequest, RefusalReason } from "../../../shared/instances/model.ts";
import { refusalReason } from "../../../shared/instances/refusals.ts";
import { runInstancesInput } from "../../../shared/instances/run-instances.ec2.ts";
import type { Architecture, Subnet } from "../../../shared/offerings/model.ts";
import { type Finding, failureOf, shortened, type Verdict } from "./finding.ts";
import type { NominalLaunch } from "./nominal-launch.ts";

type ImageOf = (architecture: Architecture) => Image | undefined;

/** A launch in each subnet, and one of spot in the first of them, that EC2 checks and doesn't do. */
export async function examineLaunches(
	launcher: EC2Client,
	nominal: NominalLaunch,
	{ subnets, image, spot }: { subnets: readonly Subnet[]; image: ImageOf; spot: SpotSettings },
	signal: AbortSignal,
): Promise<readonly Finding[]> {
	const [first] = subnets;
	if (first === undefined)
		return [{ check: "launch", verdict: "not checked", says: "no subnet to launch in is known" }];
	const each = subnets.map(async (subnet): Promise<Finding> => {
		const check = `launch ${subnet.subnetId}`;
		try {
			const request = await nominal(subnet, image, signal);
			return launchFinding(check, request, await dryRun(launcher, request, signal));
		} catch (error) {
			return failureOf(check, error);
		}
	});
	const spotFound = spotFinding(launcher, nominal, { first, image, spot }, signal);
	return await Promise.all([...each, spotFound]);
}

type SpotSettings = ProviderConfig["cells"]["spot"];

/** EC2's answer to a dry run; no reason: it would have launched. */
type Answer = Readonly<{ reason?: RefusalReason; text: string }>;

/** Many subnets are more launches at once than EC2 takes: those that came too soon ask again. */
async function dryRun(
	launcher: EC2Client,
	request: LaunchRequest,
	signal: AbortSignal,
): Promise<Answer> {
	for (let tries = 1; ; tries++) {
		const answer = await askedOnce(launcher, request, signal);
		if (answer.reason !== "throttled" || tries === mostTries) return answer;
		await delay(retryMs, undefined, { signal });
	}
}

// EC2 gives two launches a second back.
const mostTries = 3;
const retryMs = 1_000;

async function askedOnce(
	launcher: EC2Client,
	request: LaunchRequest,
	signal: AbortSignal,
): Promise<Answer> {
	const { ClientToken: _, ...input } = runInstancesInput(request);
	try {
		await launcher.send(new RunInstancesCommand({ ...input, DryRun: true }), {
			abortSignal: signal,
		});
	} catch (error) {
		if (!(error instanceof EC2ServiceException)) throw error;
		const { name: code, message, $metadata } = error;
		if (code === "DryRunOperation") return { text: code };
		const reason = refusalReason({ code, message, httpStatus: $metadata.httpStatusCode });
		return { reason: reason ?? "bad-request", text: shortened(`${code}: ${message}`) };
	}
	// Whoever answers knows no dry run; what was launched is nobody's, and the janitor ends it.
	return {
		reason: "bad-request",
		text: "EC2 launched an instance: it knows no DryRun; the janitor will end it",
	};
}

const launchActions =
	"ec2:RunInstances on instance, volume, network-interface, subnet, security-group and image, ec2:CreateTags " +
	"while launching, and iam:PassRole for an instance profile";

/** What a refusal means before anything is launched. */
const meanings: Readonly<Record<RefusalReason, readonly [Verdict, string]>> = {
	forbidden: ["fail", `allow ${launchActions}; these are your rights, launch has its own role's`],
	"no-addresses": ["fail", "free addresses in the subnet: a cell takes two"],
	quota: ["fail", "ask for a higher vCPU quota (Service Quotas, Amazon EC2), or end instances"],
	"no-capacity": ["warn", "EC2 has none of the type here now; launch would take another"],
	"not-sold-here": ["warn", "the type isn't sold in this zone; launch would take another"],
	"no-spot": [
		"warn",
		"make the service-linked role: aws iam create-service-linked-role --aws-service-name spot.amazonaws.com",
	],
	throttled: ["warn", "EC2's request rate is used up: ask again in a moment"],
	transient: ["warn", "ask again in a moment"],
	"token-spent": ["warn", "ask again"],
	"no-image": [
		"fail",
		"the image is gone, or not shared with this account: correct the boot image spec",
	],
	"tokens-enforced": [
		"fail",
		"the account insists on IMDSv2: use images whose cloud-init knows it (Canonical's)",
	],
	"bad-request": ["fail", "correct provider.yaml as EC2 says"],
};

function launchFinding(check: string, { offering, image }: LaunchRequest, answer: Answer): Finding {
	const what = `${offering.instanceType} with ${image.imageId}`;
	if (answer.reason === undefined)
		return { check, verdict: "ok", says: `EC2 would launch ${what}` };
	const [verdict, todo] = meanings[answer.reason];
	return { check, verdict, says: `${what}: ${answer.text}`, todo };
}

async function spotFinding(
	launcher: EC2Client,
	nominal: NominalLaunch,
	{ first, image, spot }: { first: Subnet; image: ImageOf; spot: SpotSettings },
	signal: AbortSignal,
): Promise<Finding> {
	const check = "spot";
	try {
		const request = await nominal(first, image, signal);
		const bought = { ...request, offering: { ...request.offering, capacityType: "spot" as const } };
		const answer = await dryRun(launcher, bought, signal);
		const found = launchFinding(check, bought, answer);
		// Whether anybody uses spot is the pods' to say; settings for it say that somebody will.
		const isMeant = spot.maxHourlyUsd !== undefined || spot.fallback !== "none";
		return answer.reason === "no-spot" && isMeant ? { ...found, verdict: "fail" } : found;
	} catch (error) {
		return failureOf(check, error);
	}
}

/** How full user data is, of a request for any subnet and image. */
export function userDataFinding(request: LaunchRequest): Finding {
	const check = "user data";
	const bytes = request.userData.length;
	const says = `${bytes} of EC2's ${userDataLimitBytes} bytes`;
	// A longer name, or a second authority while it is rotated, needs some more.
	const comfortable = userDataLimitBytes * 0.85;
	if (bytes <= comfortable) return { check, verdict: "ok", says };
	return {
		check,
		verdict: "warn",
		says: `${says}; while the authority is rotated, it holds two`,
		todo: "shorten cells.cloudInitFile, or set cells.useCloudParameterStore",
	};
}
