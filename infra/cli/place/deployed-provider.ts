import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import * as z from "zod";

const Settings = z.looseObject({ providerFile: z.string().optional() }).nullish();

/** As much of serverless.yml as says which provider.yaml a stage is deployed with. */
const Serverless = z.looseObject({
	service: z.string(),
	params: z.record(z.string(), Settings).nullish(),
});

/**
 * The provider.yaml that a deployment is made of, by this folder's serverless.yml.
 *
 * @returns its path; undefined where there is no such file, or it is another service's.
 */
export function deployedProvider(deployment: string): string | undefined {
	const read = Serverless.safeParse(documentAt("serverless.yml"));
	if (!read.success || !deployment.startsWith(`${read.data.service}-`)) return undefined;
	const stage = deployment.slice(read.data.service.length + 1);
	const params = new Map(Object.entries(read.data.params ?? {}));
	return params.get(stage)?.providerFile ?? params.get("default")?.providerFile;
}

/** Undefined where nothing can be read: `serverless` itself tells what is wrong with its file. */
function documentAt(path: string): unknown {
	try {
		return load(readFileSync(path, "utf8"));
	} catch {
		return undefined;
	}
}
