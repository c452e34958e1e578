import { checkCloudInit } from "../../../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../../../shared/config/load.ts";
import { type Fault, faultText, ProvisionerError } from "../../../shared/errors.ts";
import type { Finding } from "./finding.ts";
import type { Provider } from "./nominal-launch.ts";

/** provider.yaml with its cloud-init file, and every fault and warning of both. */
export async function examineFiles(
	path: string,
	/** For a file that names none. */
	region: string | undefined,
): Promise<Readonly<{ provider: Provider | undefined; findings: readonly Finding[] }>> {
	const check = "provider.yaml";
	try {
		const provider = await loaded(path, region);
		const { cloudInitFile } = provider.config.cells;
		const files = cloudInitFile === undefined ? path : `${path}, ${cloudInitFile}`;
		return {
			provider,
			findings: [
				{ check, verdict: "ok", says: `${files}: no faults` },
				...provider.warnings.map((fault) => lineOf(check, "warn", fault)),
			],
		};
	} catch (error) {
		if (!(error instanceof ProvisionerError)) throw error;
		return {
			provider: undefined,
			findings: error.faults.map((fault) => lineOf(check, "fail", fault)),
		};
	}
}

async function loaded(path: string, region: string | undefined): Promise<Provider> {
	try {
		return await loadProvider(path, checkCloudInit);
	} catch (error) {
		const namesNone = error instanceof ProvisionerError && error.faults.some(isMissingRegion);
		if (!namesNone || region === undefined) throw error;
		return await loadProvider(path, checkCloudInit, { region });
	}
}

const isMissingRegion = ({ path, value }: Fault): boolean =>
	path === "cloud.aws.region" && value === undefined;

const lineOf = (check: string, verdict: "warn" | "fail", fault: Fault): Finding => ({
	check,
	verdict,
	says: faultText(fault),
});
