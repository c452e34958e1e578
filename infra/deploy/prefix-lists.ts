/**
 * AWS's own prefix lists for DynamoDB, by region; CloudFormation can't look them up. Where a region is missing, the
 * setting dynamodbPrefixList tells it.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
 */
export const dynamodbPrefixLists: ReadonlyMap<string, string> = new Map([
	["us-east-1", "pl-02cd2c6b"],
	["us-east-2", "pl-4ca54025"],
	["us-west-1", "pl-6ea54007"],
	["us-west-2", "pl-00a54069"],
	["eu-west-1", "pl-6fa54006"],
	["ap-southeast-2", "pl-62a5400b"],
]);
