import { census } from "../../../shared/cells/census.dynamodb.ts";
import { dynamodbCellIndex } from "../../../shared/cells/index.dynamodb.ts";
import { dynamodbCells } from "../../../shared/cells/store.dynamodb.ts";
import { type Conservation, conservation } from "../../../shared/flows/janitor/conservation.ts";
import { ec2Images } from "../../../shared/images/images.ec2.ts";
import type { Image } from "../../../shared/images/model.ts";
import { ssmImageParameters } from "../../../shared/images/parameters.ssm.ts";
import { resolvingImages } from "../../../shared/images/resolve.ts";
import { ec2Fleet } from "../../../shared/instances/fleet.ec2.ts";
import type { Architecture } from "../../../shared/offerings/model.ts";
import { laptopZones } from "../../local/laptop-ec2.ts";
import { providerAt } from "../place/package-files.ts";
import { type PlaceOptions, placeOf } from "../place/place.ts";
import { stdoutPaint } from "../screen/color.ts";
import { type OutputFormat, print } from "../screen/output.ts";
import { withProgress } from "../screen/progress.ts";
import { conservationLines, findingLines, isConserved } from "./doctor-view.ts";
import { examineFiles } from "./files.ts";
import { type Finding, failureOf, guarded } from "./finding.ts";
import { examineImages } from "./images.ts";
import { examineLaunches, userDataFinding } from "./launches.ts";
import { type NominalLaunch, nominalLaunch, type Provider } from "./nominal-launch.ts";
import { emulatorFindings, examinedPlace, type Place } from "./place.ts";
import { examineStores } from "./stores.ts";
import { examineDefaultVpc, examineSubnets } from "./subnets.ts";
import { unknowable } from "./unknowable.ts";

export type DoctorOptions = PlaceOptions &
	Readonly<{
		provider: string;
		controllerId?: string;
		output: OutputFormat;
	}>;

/** Counting reads the whole table. */
const countingMs = 60_000;

/**
 * Looks at all that a deployment needs, and at what became of every accepted pod, and changes nothing. The exit
 * code is 1 when something is wrong: a line that fails, a pod that isn't accounted for, a machine that is nobody's.
 */
export async function doctorCommand(options: DoctorOptions): Promise<void> {
	const { checks, conservation: found } = await withProgress(
		"looking at files, EC2, tables and queues, and counting pods",
		async () => await examined(options, new Date()),
	);
	const isHealthy =
		checks.every(({ verdict }) => verdict !== "fail") &&
		(found === undefined || isConserved(found));
	const paint = stdoutPaint();
	print(options.output, { checks, ...(found && { conservation: found }) }, () => [
		...findingLines(checks, paint),
		...(found === undefined ? [] : conservationLines(found)),
	]);
	if (!isHealthy) process.exitCode = 1;
}

type Examined = Readonly<{ checks: readonly Finding[]; conservation?: Conservation }>;

async function examined(options: DoctorOptions, now: Date): Promise<Examined> {
	const emulator = emulatorFindings(process.env);
	const { provider, findings } = await examineFiles(
		providerAt(options.provider, placeOf(options)),
		process.env["AWS_REGION"],
	);
	if (provider === undefined)
		return {
			checks: [
				...emulator,
				...findings,
				{ check: "the rest", verdict: "not checked", says: "provider.yaml must be right first" },
			],
		};
	const where = await examinedPlace(options, provider.config.aws.region);
	const { place } = where;
	const before = [...emulator, ...findings, ...where.findings];
	const launch = nominalLaunch(provider, place?.controllerId ?? "cellwright", now);
	const size = guarded("user data", async (signal) => await sized(launch, provider, signal));
	if (place === undefined)
		return {
			checks: [
				...before,
				...(await size),
				{
					check: "the rest",
					verdict: "not checked",
					says: "no stack is running here and no credentials",
				},
			],
		};
	try {
		const [own, others, stores, counted] = await Promise.all([
			size,
			aboutEc2(place, provider, launch, now),
			guarded("stores", async (signal) => await examineStores(place, signal)),
			counting(place, provider),
		]);
		const checks = [
			...before,
			...others,
			...own,
			...unknowable(place.kind, provider.config),
			...stores,
		];
		return "check" in counted
			? { checks: [...checks, counted] }
			: { checks, conservation: counted };
	} finally {
		place.close();
	}
}

async function aboutEc2(
	{ kind, ec2, launcher, ssm }: Place,
	provider: Provider,
	launch: NominalLaunch,
	now: Date,
): Promise<readonly Finding[]> {
	const { config } = provider;
	const images = resolvingImages(ec2Images(ec2), ssmImageParameters(ssm));
	const subnetsFound = kept("subnets", async (signal) => await examineSubnets(ec2, config, signal));
	const imagesFound = kept(
		"images",
		async (signal) => await examineImages(images, config, now, signal),
	);
	// The simulated EC2 has one VPC only.
	const vpc = guarded("default VPC", async (signal) =>
		kind === "stack" ? [] : await examineDefaultVpc(ec2, config, signal),
	);
	const launches = guarded("launch", async (signal) => {
		const { found: { subnets } = { subnets: [] } } = await subnetsFound;
		const { found } = await imagesFound;
		const image = (architecture: Architecture) => found?.byArchitecture.get(architecture);
		return await examineLaunches(
			launcher,
			launch,
			{ subnets, image, spot: config.cells.spot },
			signal,
		);
	});
	return [
		...(await subnetsFound).findings,
		...(await vpc),
		...(await imagesFound).findings,
		...(await launches),
	];
}

/** As `guarded`, for what others need as well. */
async function kept<Found extends Readonly<{ findings: readonly Finding[] }>>(
	check: string,
	look: (signal: AbortSignal) => Promise<Found>,
): Promise<Readonly<{ found?: Found; findings: readonly Finding[] }>> {
	let found: Found | undefined;
	const findings = await guarded(check, async (signal) => {
		found = await look(signal);
		return found.findings;
	});
	return { ...(found && { found }), findings };
}

/** Needs neither EC2 nor the account: any image and subnet give user data of the same length. */
async function sized(
	launch: NominalLaunch,
	{ config: { aws } }: Provider,
	signal: AbortSignal,
): Promise<readonly Finding[]> {
	const [zone] = laptopZones(aws.region, aws.subnetIds);
	if (zone === undefined) return [];
	return [userDataFinding(await launch({ ...zone, freeAddresses: 2 }, anyImage, signal))];
}

const anyImage = (architecture: Architecture): Image => ({
	imageId: "ami-00000000000000000",
	name: "any",
	ownerId: "000000000000",
	architecture,
	createdAt: "2026-01-01T00:00:00.000Z",
	rootDevice: { name: "/dev/xvda", sizeGib: 0, volumeType: "gp3" },
});

async function counting(
	{ dynamodb, ec2, cellsTable, controllerId, kind }: Place,
	{ config }: Provider,
): Promise<Conservation | Finding> {
	const now = (): Date => new Date();
	try {
		return await conservation(
			{
				census: async (signal) => await census(dynamodb, cellsTable, signal),
				cells: dynamodbCells(dynamodb, cellsTable, now),
				index: dynamodbCellIndex(dynamodb, cellsTable),
				fleet: ec2Fleet(ec2, controllerId),
				bootTimeoutSeconds: config.cells.bootTimeoutSeconds,
				now,
			},
			AbortSignal.timeout(countingMs),
		);
	} catch (error) {
		const isAbsent = error instanceof Error && error.name === "ResourceNotFoundException";
		if (isAbsent && kind === "account")
			return { check: "pods", verdict: "not checked", says: `there is no table ${cellsTable}` };
		return failureOf("pods", error);
	}
}
