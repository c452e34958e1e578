import { FAILSAFE_SCHEMA, load } from "js-yaml";
import { isMapping } from "./cloud-config.ts";
import type { WrittenFile } from "./cloud-init.ts";
import { TellableError } from "./console.ts";
import { ask, awaitMetadata } from "./metadata-client.ts";

/** What the launcher learns when it finds its parameters. */
export type LaunchedByParameters = Readonly<{
	/** By absolute path. */
	files: ReadonlyMap<string, WrittenFile>;
	primaryAddress: string;
}>;

/** The launcher looks for `config-0` to `config-9`. */
const mostParts = 10;

/**
 * The first thing that itzo-launcher does: it asks SSM for files under its instance's name, with a token for
 * the metadata service (IMDSv2) whatever the image's cloud-init can.
 *
 * @returns undefined when there are none: then it looks at user data.
 * @throws when there are two forms at once, or what is there can't be read: the launcher starts again.
 */
export async function filesInParameters(
	parametersUrl: string,
	metadataUrl: string,
	signal: AbortSignal,
): Promise<LaunchedByParameters | undefined> {
	const read = await awaitMetadata(metadataUrl, "IMDSv2", signal);
	const instanceId = String((await read("meta-data/instance-id")) ?? "");
	const parameter = async (name: string): Promise<string | undefined> =>
		await parameterAt(parametersUrl, `/kip/cells/${instanceId}/${name}`, signal);

	const whole = await parameter("config");
	const parts: string[] = [];
	for (let index = 0; index < mostParts; index++) {
		const part = await parameter(`config-${index}`);
		if (part === undefined) break;
		parts.push(part);
	}
	if (whole !== undefined && parts.length > 0) throw new TellableError("config beside config-0");
	if (whole === undefined && parts.length === 0) return undefined;
	return {
		files: filesIn(whole ?? parts.join("")),
		primaryAddress: String((await read("meta-data/local-ipv4")) ?? ""),
	};
}

/** A mapping of names to contents, all of them text. */
function filesIn(yaml: string): ReadonlyMap<string, WrittenFile> {
	const mapping = parsed(yaml);
	if (!isMapping(mapping)) throw new TellableError("the parameters hold no mapping");
	return new Map(
		Object.entries(mapping).map(([name, content]) => [
			`/tmp/itzo/${name}`,
			{ content: Buffer.from(String(content)), mode: 0o600, owner: undefined },
		]),
	);
}

function parsed(yaml: string): unknown {
	try {
		return load(yaml, { schema: FAILSAFE_SCHEMA });
	} catch {
		// The parser's message quotes the text, and the text holds keys: it ends here.
		return undefined;
	}
}

/** Unsigned: the simulated store asks nobody who he is. */
async function parameterAt(
	parametersUrl: string,
	name: string,
	signal: AbortSignal,
): Promise<string | undefined> {
	const headers = {
		"content-type": "application/x-amz-json-1.1",
		"x-amz-target": "AmazonSSM.GetParameter",
	};
	const request = JSON.stringify({ Name: name, WithDecryption: true });
	const { status, body } = await ask("POST", parametersUrl, headers, signal, request);
	if (status !== 200) return undefined;
	const { Parameter }: { Parameter: { Value: string } } = JSON.parse(body.toString());
	return Parameter.Value;
}
