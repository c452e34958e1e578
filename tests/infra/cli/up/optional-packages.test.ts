import { describe, expect, it } from "vitest";
import { needOptionalPackages } from "../../../../infra/cli/up/optional-packages.ts";

describe("the packages of the stack on this machine", () => {
	it("are there where everything was installed", () => {
		expect(() => needOptionalPackages()).not.toThrow();
	});

	it("are named when they are missing, with the command that installs them", () => {
		expect(() => needOptionalPackages(() => false)).toThrow(
			/^the stack .*: dynalite, fauxqs\n {2}try: npm install dynalite@\S+ fauxqs@\S+$/,
		);
	});
});
