import type { ImpostorReason, PingAnswer } from "./model.ts";

/** How far a ping has come. After `asked`, the certificate is known to be the cell's own. */
export type PingStage = "connecting" | "asked" | "answering";

/** A certificate that is valid, but isn't the one that was issued for this cell. */
export class WrongCertificate extends Error {
	override readonly name = "WrongCertificate";

	/** SHA-256 over DER, lower-case hex, both. */
	constructor(found: string, wanted: string) {
		super(`the certificate's SHA-256 is ${found}, not ${wanted}`);
	}
}

/** What the cell sent is no answer; the message says why, and nothing of what it sent. */
export class OddAnswer extends Error {
	override readonly name = "OddAnswer";
}

/**
 * Errors of a TLS client that say something about who answered.
 *
 * @see https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const impostors: ReadonlyMap<string, ImpostorReason> = new Map([
	["CERT_HAS_EXPIRED", "CertificateExpired"],
	["CERT_NOT_YET_VALID", "CertificateExpired"],
	["ERR_TLS_CERT_ALTNAME_INVALID", "CertificateNameMismatch"],
	["UNABLE_TO_GET_ISSUER_CERT", "CertificateUntrusted"],
	["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "CertificateUntrusted"],
	["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "CertificateUntrusted"],
	["DEPTH_ZERO_SELF_SIGNED_CERT", "CertificateUntrusted"],
	["SELF_SIGNED_CERT_IN_CHAIN", "CertificateUntrusted"],
	["CERT_SIGNATURE_FAILURE", "CertificateUntrusted"],
	["CERT_CHAIN_TOO_LONG", "CertificateUntrusted"],
	["CERT_UNTRUSTED", "CertificateUntrusted"],
	["CERT_REJECTED", "CertificateUntrusted"],
	["INVALID_CA", "CertificateUntrusted"],
	["INVALID_PURPOSE", "CertificateUntrusted"],
	["PATH_LENGTH_EXCEEDED", "CertificateUntrusted"],
	// A copy of the cell's certificate, shown by somebody who hasn't its key.
	["ERR_SSL_BAD_SIGNATURE", "CertificateNotPinned"],
	["ERR_SSL_PROVIDER_SIGNATURE_FAILURE", "CertificateNotPinned"],
]);

/** What an error of the connection or the request says about the cell. Total: it never throws. */
export function pingFailure(error: unknown, stage: PingStage): PingAnswer {
	if (error instanceof WrongCertificate) {
		return { answer: "impostor", reason: "CertificateNotPinned", detail: error.message };
	}
	if (error instanceof OddAnswer) return { answer: "odd", detail: error.message };
	const code = codeOf(error);
	const reason = impostors.get(code);
	if (reason !== undefined) {
		return { answer: "impostor", reason, detail: `the certificate was refused (${code})` };
	}
	return reactions[stage](code);
}

const reactions = {
	connecting: (code) =>
		isTls(code)
			? {
					answer: "odd",
					detail: `what answers there doesn't speak TLS as the agent does (${code})`,
				}
			: { answer: "silent", detail: `no TLS connection (${code})` },
	asked: (code) => {
		if (isTls(code)) {
			return { answer: "odd", detail: `the agent refused our certificate (${code})` };
		}
		return code.startsWith("HPE_")
			? { answer: "odd", detail: `the answer isn't HTTP (${code})` }
			: { answer: "silent", detail: `connected, but got no answer (${code})` };
	},
	answering: (code) => ({ answer: "odd", detail: `the answer broke off (${code})` }),
} as const satisfies Record<PingStage, (code: string) => PingAnswer>;

const isTls = (code: string): boolean => code === "EPROTO" || code.startsWith("ERR_SSL_");

/** A word for the error: its code; of an ended signal, that time was over. */
function codeOf(error: unknown): string {
	if (!(error instanceof Error)) return "unknown";
	if (error.name === "AbortError" || error.name === "TimeoutError") return "timed out";
	return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
