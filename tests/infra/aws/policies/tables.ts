import { cellIndexes } from "../../../../infra/local/cell-indexes.ts";
import { at, listOf, ofType, type Policy, shown } from "./reading.ts";

const tables = (template: Parameters<Policy>[0]) => ofType(template, "AWS::DynamoDB::Table");

export const tablesAreOnDemand: Policy = (template) =>
	tables(template)
		.filter(([, { Properties }]) => at(Properties, "BillingMode") !== "PAY_PER_REQUEST")
		.map(([name]) => `${name} isn't on demand`);

export const tablesCanBeRestored: Policy = (template) =>
	tables(template)
		.filter(
			([, { Properties }]) =>
				at(Properties, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") !== true,
		)
		.map(([name]) => `${name} has no point-in-time recovery`);

/** All but credentials, whose items are replaced and not many. */
export const expiredItemsGo: Policy = (template) =>
	tables(template)
		.filter(([name]) => name !== "CredentialsTable")
		.filter(
			([, { Properties }]) =>
				at(Properties, "TimeToLiveSpecification", "AttributeName") !== "expiresAt" ||
				at(Properties, "TimeToLiveSpecification", "Enabled") !== true,
		)
		.map(([name]) => `${name} keeps what has expired`);

/** DynamoDB encrypts always; keys are encrypted with the account's own, whose use can be seen. */
export const keysAreEncryptedWithTheAccountsKey: Policy = ({ Resources }) =>
	at(Resources["CredentialsTable"], "Properties", "SSESpecification", "SSEEnabled") === true
		? []
		: ["CredentialsTable isn't encrypted with the account's key"];

export const tablesSurviveReplacement: Policy = (template) =>
	tables(template)
		.filter(([, resource]) => at(resource, "UpdateReplacePolicy") !== "Retain")
		.map(([name]) => `${name} is lost when it is replaced`);

/** A stage that isn't named in serverless.yml loses nothing by mistake. */
export const nothingIsDeletedByMistake: Policy = (template) => [
	...tables(template)
		.filter(([, { Properties }]) => at(Properties, "DeletionProtectionEnabled") !== true)
		.map(([name]) => `${name} can be deleted`),
	...(at(template.Resources["Authority"], "DeletionPolicy") === "Retain"
		? []
		: ["Authority goes with the stack"]),
];

export const cellsAreStreamed: Policy = ({ Resources }) =>
	at(Resources["CellsTable"], "Properties", "StreamSpecification", "StreamViewType") === "NEW_IMAGE"
		? []
		: ["CellsTable has no stream with new images"];

/** As the laptop's stack has them. */
export const indexesAreTheLaptops: Policy = ({ Resources }) => {
	const deployed = listOf(at(Resources["CellsTable"], "Properties", "GlobalSecondaryIndexes"));
	const expected = cellIndexes.map(({ name, key, range, carries }) => ({
		IndexName: name,
		KeySchema: [
			{ AttributeName: key, KeyType: "HASH" },
			...(range === undefined ? [] : [{ AttributeName: range, KeyType: "RANGE" }]),
		],
		Projection:
			carries.length === 0
				? { ProjectionType: "KEYS_ONLY" }
				: { ProjectionType: "INCLUDE", NonKeyAttributes: [...carries] },
	}));
	return shown(deployed) === shown(expected)
		? []
		: [`indexes ${shown(deployed)} aren't ${shown(expected)}`];
};
