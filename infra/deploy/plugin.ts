import { join, resolve } from "node:path";
import { checkCloudInit } from "../../shared/bootstrap/check-cloud-init.ts";
import { loadProvider } from "../../shared/config/load.ts";
import type { ProviderConfig } from "../../shared/config/provider.ts";
import { faultText, invalid, ProvisionerError } from "../../shared/errors.ts";
import { alone } from "./alone.ts";
import { writePackages } from "./packages.ts";
import { type DeploymentSettings, deploymentSettings, parameterFaults } from "./settings.ts";

/** As far as it is used. @see https://www.serverless.com/framework/docs/guides/plugins/creating-plugins */
type Serverless = Readonly<{
	serviceDir: string;
	/** `deploy`, `package`, ... */
	processedInput?: Readonly<{ commands: readonly string[] }>;
	classes: Readonly<{ Error: new (message: string, code: string) => Error }>;
}>;
type Logs = Readonly<{
	log: Readonly<{ warning(text: string): void; notice(text: string): void }>;
}>;
type Source = Readonly<{
	address?: string;
	resolveVariable(name: string): Promise<unknown>;
}>;

/**
 * What serverless.yml can't say by itself: `${cellwright:settings}`, which is provider.yaml read and checked with the
 * stage's parameters, every fault at once; and a package for each function.
 */
class CellwrightPlugin {
	readonly configurationVariablesSources;
	readonly hooks;
	#loaded: Promise<Loaded> | undefined;

	constructor(serverless: Serverless, _options: unknown, { log }: Logs) {
		/** What is understood is told without a stack. */
		const told = async <Result>(code: string, step: () => Promise<Result>): Promise<Result> => {
			try {
				return await step();
			} catch (error) {
				if (!(error instanceof ProvisionerError)) throw error;
				throw new serverless.classes.Error(`\n${error.message}`, code);
			}
		};
		const load = async (source: Source): Promise<Loaded> =>
			await told(
				"CELLWRIGHT_SETTINGS",
				async () => await loaded(serverless, source, log.warning.bind(log)),
			);
		this.configurationVariablesSources = {
			cellwright: {
				resolve: async (source: Source) => {
					this.#loaded ??= load(source);
					const { settings } = await this.#loaded;
					return { value: settings };
				},
			},
		};
		// Until this process ends: the packages, and the framework's own folder, are read until the last upload.
		const begin = async () => {
			const marks = join(serverless.serviceDir, ".build/packaging");
			const leave = await told("CELLWRIGHT_BUSY", async () => await alone(marks));
			process.once("exit", leave);
		};
		const pack = async () => {
			const { providerFile, config } = (await this.#loaded) ?? missing();
			await writePackages(join(serverless.serviceDir, ".build/packages"), providerFile, config);
		};
		this.hooks = {
			// Here the framework empties its own folder.
			"before:package:cleanup": begin,
			"before:package:createDeploymentArtifacts": pack,
			// Of `serverless deploy function`.
			"before:package:function:package": async () => {
				await begin();
				await pack();
			},
		};
	}
}

type Loaded = Readonly<{
	settings: DeploymentSettings;
	config: ProviderConfig;
	providerFile: string;
}>;

/** @throws ProvisionerError `invalid` with every fault of provider.yaml, its cloud-init file and the parameters. */
async function loaded(
	{ serviceDir, processedInput }: Serverless,
	{ resolveVariable }: Source,
	warn: (text: string) => void,
): Promise<Loaded> {
	const text = async (name: string) => String((await resolveVariable(name)) ?? "");
	const [service, stage, region] = [
		await text("self:service"),
		await text("sls:stage"),
		await text("self:provider.region"),
	];
	const parameters = {
		dynamodbRouteTables: await text("param:dynamodbRouteTables"),
		dynamodbPrefixList: await text("param:dynamodbPrefixList"),
		cellRoles: await text("param:cellRoles"),
		logLevel: await text("param:logLevel"),
		ec2Endpoint: await text("param:ec2Endpoint"),
		command: processedInput?.commands[0] ?? "",
	};
	const providerFile = resolve(serviceDir, await text("param:providerFile"));
	const loading = loadProvider(providerFile, checkCloudInit, { region });
	const { config, warnings } = await loading.catch((error: unknown) => {
		if (!(error instanceof ProvisionerError)) throw error;
		const others = parameterFaults(service, stage, region, parameters);
		throw invalid(error.reason, [...error.faults, ...others]);
	});
	for (const warning of warnings) warn(faultText(warning));
	const result = deploymentSettings(service, stage, config, parameters);
	if ("faults" in result) throw invalid("InvalidDeployment", result.faults);
	return { settings: result.settings, config, providerFile };
}

const missing = (): never => {
	throw new Error("serverless.yml names no cellwright:settings: there is nothing to package");
};

// The framework takes either form: osls asks for a CommonJS module, later versions of others import.
export { CellwrightPlugin as default, CellwrightPlugin as "module.exports" };
