import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { alarms } from "../dashboards/alarms.ts";
import { fleet } from "../dashboards/fleet.ts";
import { health } from "../dashboards/health.ts";
import { outOfReach } from "./place/out-of-reach.ts";
import { type Place, type PlaceOptions, placeOf } from "./place/place.ts";
import { readStackFile } from "./place/stack-file.ts";
import { type OutputFormat, print } from "./screen/output.ts";
import { aligned, outputColumns } from "./screen/text-layout.ts";

/** A page, and what it is looked at for. */
type Page = Readonly<{ what: string; url: string; for: string }>;

/**
 * Prints where a deployment's dashboards are, and what to look at first: of the stack that runs in this folder its
 * console.
 *
 * @throws ProvisionerError `unavailable` where the running stack has no console, or no region is set.
 */
export async function dashboardCommand({
	output,
	...where
}: PlaceOptions & Readonly<{ output: OutputFormat }>): Promise<void> {
	const place = placeOf(where);
	const pages =
		place.kind === "stack" ? [localPage(place)] : cloudWatchPages(place, await regionOf(place));
	print(output, { deployment: place.deployment, pages }, () => linesOf(pages));
}

const linesOf = (pages: readonly Page[]): readonly string[] =>
	pages.flatMap(({ what, url, for: why }, at) => [
		...(at === 0 ? [] : [""]),
		...aligned([[what, why]], outputColumns).flat(),
		`  ${url}`,
	]);

function localPage(place: Place): Page {
	const url = readStackFile()?.console;
	if (url === undefined)
		throw outOfReach(place, "the console", new Error("the stack was started with --no-console"));
	return {
		what: "console",
		url,
		for: "first the timeline: which pods wait, and for what; then the charts, which are those of CloudWatch",
	};
}

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html */
function cloudWatchPages({ deployment }: Place, region: string): readonly Page[] {
	const page = (fragment: string): string =>
		`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#${fragment}`;
	const name = encodeURIComponent(deployment);
	return [
		{
			what: `${deployment}-${health.name}`,
			url: page(`dashboards/dashboard/${name}-${health.name}`),
			for: "first its top row: pods that nobody looks after, machines of no record, records that are stuck; all 0",
		},
		{
			what: `${deployment}-${fleet.name}`,
			url: page(`dashboards/dashboard/${name}-${fleet.name}`),
			for: "first its top row: as many pods become ready as are accepted; then the times and the dollars an hour",
		},
		{
			what: "alarms",
			url: page(`alarmsV2:?search=${name}-`),
			for: `${alarms.length} of them; docs/operate.md says of each what it means and what to do`,
		},
	];
}

/** As the SDK finds it. */
async function regionOf(place: Place): Promise<string> {
	const client = new DynamoDBClient(place.client("dynamodb"));
	try {
		return await client.config.region();
	} catch (cause) {
		throw outOfReach(place, "the dashboards", cause);
	} finally {
		client.destroy();
	}
}
