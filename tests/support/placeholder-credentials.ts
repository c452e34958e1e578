import type { Credentials } from "../../shared/pki/model.ts";

const pem = (label: string, text: string): string =>
	`-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`;

/** PEM in form only: golden files must hold no key, and RSA keys can't be had from a seed. */
export const placeholderCredentials: Credentials = {
	caPem: pem("CERTIFICATE", "QVVUSE9SSVRZ\nQVVUSE9SSVRZ"),
	certificatePem: pem("CERTIFICATE", "Q0VMTA=="),
	keyPem: pem("EC PRIVATE KEY", "UExBQ0VIT0xERVI="),
};
