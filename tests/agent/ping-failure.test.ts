import { describe, expect, it } from "vitest";
import { pingFailure, WrongCertificate } from "../../shared/agent/ping-failure.ts";

const error = (code: string): Error => Object.assign(new Error("secret words"), { code });

describe("pingFailure", () => {
	it.each([
		{ stage: "connecting", failure: error("EHOSTUNREACH"), answer: "silent" },
		{ stage: "connecting", failure: error("ERR_SSL_WRONG_VERSION_NUMBER"), answer: "odd" },
		{ stage: "connecting", failure: error("EPROTO"), answer: "odd" },
		{ stage: "connecting", failure: error("CERT_HAS_EXPIRED"), answer: "impostor" },
		{ stage: "connecting", failure: new WrongCertificate("aa", "bb"), answer: "impostor" },
		{ stage: "connecting", failure: AbortSignal.abort().reason, answer: "silent" },
		{ stage: "connecting", failure: "thrown by nobody we know", answer: "silent" },
		{ stage: "asked", failure: error("ECONNRESET"), answer: "silent" },
		{ stage: "asked", failure: error("HPE_INVALID_CONSTANT"), answer: "odd" },
		{ stage: "asked", failure: error("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"), answer: "odd" },
		{ stage: "answering", failure: error("ECONNRESET"), answer: "odd" },
	] as const)("calls $failure while $stage $answer", ({ stage, failure, answer }) => {
		expect(pingFailure(failure, stage)).toMatchObject({ answer });
	});

	it("tells the operator when the agent refused the controller's certificate", () => {
		expect(pingFailure(error("ERR_SSL_TLSV1_ALERT_UNKNOWN_CA"), "asked")).toEqual({
			answer: "odd",
			detail: "the agent refused our certificate (ERR_SSL_TLSV1_ALERT_UNKNOWN_CA)",
		});
	});

	it("repeats no error's words, only its code", () => {
		expect(JSON.stringify(pingFailure(error("EPIPE"), "asked"))).not.toContain("secret");
	});
});
