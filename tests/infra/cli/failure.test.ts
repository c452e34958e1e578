import { CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import { endingOf } from "../../../infra/cli/failure.ts";
import { isRemote, outOfReach } from "../../../infra/cli/place/out-of-reach.ts";
import { placeOf } from "../../../infra/cli/place/place.ts";
import { invalid, ProvisionerError } from "../../../shared/errors.ts";

const named = (name: string, message = "why") => Object.assign(new Error(message), { name });

describe("how a command ends", () => {
	it.each([
		{ after: "help", error: new CommanderError(0, "commander.helpDisplayed", ""), exitCode: 0 },
		{
			after: "wrong words",
			error: new CommanderError(1, "commander.unknownCommand", ""),
			exitCode: 2,
		},
		{
			after: "a wrong file",
			error: invalid("InvalidOption", [{ path: "a", problem: "b" }]),
			exitCode: 2,
		},
		{
			after: "something out of reach",
			error: new ProvisionerError("unavailable", "OutOfReach", "no answer"),
			exitCode: 3,
		},
		{ after: "a surprise", error: new TypeError("x is not a function"), exitCode: 1 },
	])("with $exitCode after $after", ({ error, exitCode }) => {
		expect(endingOf(error, false).exitCode).toBe(exitCode);
	});

	it("without a stack trace, unless that is asked for", () => {
		const error = new TypeError("x is not a function");
		expect(endingOf(error, false).text).toBe(
			"cellwright: unexpected: x is not a function\n  try: the same with DEBUG=1, and report what it prints\n",
		);
		expect(endingOf(error, true).text).toMatch(/TypeError: x is not a function\n +at /);
		expect(endingOf(invalid("InvalidOption", [{ path: "a", problem: "b" }]), true).text).toMatch(
			/^cellwright: a: b\n(?:.*\n)+ +at /,
		);
	});
});

describe("what is out of reach", () => {
	const place = placeOf({ deployment: "shop-prod", region: "eu-west-1" });

	it.each([
		{ name: "CredentialsProviderError", reason: "NoCredentials", tries: "aws sso login" },
		{ name: "ResourceNotFoundException", reason: "NoSuchDeployment", tries: "--deployment" },
		{ name: "QueueDoesNotExist", reason: "NoSuchDeployment", tries: "npx cellwright doctor" },
		{ name: "AccessDeniedException", reason: "AccessDenied", tries: "AWS_PROFILE" },
		{ name: "UnauthorizedOperation", reason: "AccessDenied", tries: "npx cellwright doctor" },
		{ name: "ExpiredTokenException", reason: "WrongCredentials", tries: "sign in again" },
		{ name: "TimeoutError", reason: "OutOfReach", tries: "network" },
		{ name: "SomethingNew", reason: "OutOfReach", tries: "npx cellwright doctor" },
	])("for $name says where was looked, and what to try", ({ name, reason, tries }) => {
		const error = outOfReach(place, "the table shop-prod-cells", named(name));
		expect(error).toMatchObject({ kind: "unavailable", reason });
		const [what, where, next] = error.message.split("\n");
		expect(what).toMatch(/^the table shop-prod-cells/);
		expect(where).toBe("  looked in: your AWS account, region eu-west-1, deployment shop-prod");
		expect(next).toContain(`  try: `);
		expect(next).toContain(tries);
	});

	it("says which region is missing, and what one of several addresses answered", () => {
		const missing = outOfReach(place, "its queue", named("Error", "Region is missing"));
		expect(missing.reason).toBe("NoRegion");
		const refused = new AggregateError([new Error("connect ECONNREFUSED ::1:80")]);
		expect(outOfReach(place, "its queue", refused).message).toContain("ECONNREFUSED ::1:80");
	});

	it("is an authority that isn't there, too", () => {
		const missing = new ProvisionerError("operator", "AuthorityMissing", "There is no authority");
		const error = outOfReach(place, "the authority", missing);
		expect(isRemote(missing)).toBe(true);
		expect(error).toMatchObject({ kind: "unavailable", reason: "NoSuchDeployment" });
		expect(error.message).toMatch(/^There is no authority\n.*\n {2}try: --deployment/);
	});

	it("leaves what is understood already as it is", () => {
		const error = invalid("UnknownPod", []);
		expect(outOfReach(place, "the table", error)).toBe(error);
	});

	it.each([
		{ error: named("CredentialsProviderError"), remote: true },
		{ error: named("TimeoutError"), remote: true },
		{ error: Object.assign(named("AccessDenied"), { $metadata: {} }), remote: true },
		{ error: new TypeError("a bug"), remote: false },
	])("is remote: $remote for $error.name", ({ error, remote }) => {
		expect(isRemote(error)).toBe(remote);
	});
});
