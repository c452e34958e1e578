import { describe, expect, it } from "vitest";
import { zonesWithCapacity } from "../../shared/offerings/zone-hint.ts";

describe("zones that EC2 names in a refusal", () => {
	// EC2's own words, as people have reported them; the last list is in no order.
	it.each([
		{
			message:
				"We currently do not have sufficient m6a.xlarge capacity in the Availability Zone you requested (us-east-1d). Our system will be working on provisioning additional capacity. You can currently get m6a.xlarge capacity by not specifying an Availability Zone in your request or choosing us-east-1a, us-east-1b, us-east-1c, us-east-1f.",
			zones: ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1f"],
		},
		{
			message:
				"Your requested instance type (t3.micro) is not supported in your requested Availability Zone (us-east-1e). Please retry your request by not specifying an Availability Zone or choosing us-east-1a, us-east-1b, us-east-1c, us-east-1d, us-east-1f.",
			zones: ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f"],
		},
		{
			message:
				"The requested Availability Zone is currently constrained and we are no longer accepting new customer requests for t1/m1/c1/m2 instance types. Please retry your request by not specifying an Availability Zone or choosing us-east-1a, us-east-1d, us-east-1c.",
			zones: ["us-east-1a", "us-east-1d", "us-east-1c"],
		},
		{
			message:
				"You can currently get g6.xlarge capacity by not specifying an Availability Zone in your request or choosing us-gov-west-1b.",
			zones: ["us-gov-west-1b"],
		},
	])("are read from: $message", ({ message, zones }) => {
		expect(zonesWithCapacity(message)).toEqual(zones);
	});

	it.each([
		{
			what: "no other zone",
			message:
				"We currently do not have sufficient p5.48xlarge capacity in the Availability Zone you requested (us-east-1a). Our system will be working on provisioning additional capacity.",
		},
		{ what: "spot", message: "There is no Spot capacity available that matches your request." },
		{
			what: "a configuration",
			message:
				"The requested configuration is currently not supported. Please check the documentation for supported configurations.",
		},
		{
			what: "a list that was cut",
			message:
				"by not specifying an Availability Zone in your request or choosing us-east-1a, us-east-1b, us-e",
		},
		{
			what: "words that nobody has seen",
			message: "by not specifying an Availability Zone or choosing any other one of yours.",
		},
		{ what: "nothing", message: "" },
	])("are unknown where EC2 speaks of $what", ({ message }) => {
		expect(zonesWithCapacity(message)).toBeUndefined();
	});
});
