import forge from "node-forge";
import { userDataRenderer } from "../shared/bootstrap/user-data.ts";
import { newAuthority } from "../shared/pki/authority.forge.ts";
import { forgeIssuer } from "../shared/pki/issuer.forge.ts";
import type { Authority, Credentials, IdentityPlan } from "../shared/pki/model.ts";
import { type BenchRow, inTurn, median, timed } from "./report.ts";

const rounds = 15;
const identitiesPerRound = 100;
const userDataPerRound = 500;

/** What a cell is born with: its identity, beside node-forge's way of making one, and its user data. */
export async function identityBench(): Promise<BenchRow[]> {
	const authority = newAuthority(new Date());
	const issuer = forgeIssuer(authority);
	const theirs = forgeAuthority(authority);
	let made = 0;
	const plan = (): IdentityPlan => ({
		cellName: `cell-${made++}`,
		attempt: 1,
		issuedAt: new Date(),
		lifetimeSeconds: 30 * 24 * 3_600,
	});
	const { credentials } = issuer.cell(plan());

	const identity = inTurn(
		rounds,
		() => {
			for (let i = 0; i < identitiesPerRound; i++) issuer.cell(plan());
		},
		() => forgeIdentity(theirs, plan().cellName),
	);
	const render = sixFiles();
	const userData: number[] = [];
	for (let round = 0; round < rounds; round++) {
		userData.push(
			timed(() => {
				for (let i = 0; i < userDataPerRound; i++) render(credentials);
			}) / userDataPerRound,
		);
	}
	return [
		{
			what: "one identity (key, certificate, PEM)",
			measured: identity.ours / identitiesPerRound,
			unit: "ms",
			baseline: { name: "node-forge: RSA-2048 key and signature", measured: identity.theirs },
			target: { atMost: 0.8 },
			targetRatio: 50,
			note: "node-forge lets Node generate its keys, its fastest way",
		},
		{
			what: "user data with six files, without the identity",
			measured: median(userData),
			unit: "ms",
			target: { atMost: 0.25, stretch: 0.1 },
		},
	];
}

/** Everything that a cell can be given, and an operator's file of a usual size. */
function sixFiles(): (credentials: Credentials) => Uint8Array {
	const script = Array.from({ length: 40 }, (_, line) => `    echo "step ${line}"`).join("\n");
	const render = userDataRenderer({
		itzoVersion: "1.2.3",
		itzoUrl: "https://downloads.example.com/itzo",
		cellConfig: { "itzoFlag-port": "6421", imageCacheEndpoint: "10.0.0.9:/cache" },
		cloudInit: `#cloud-config\npackages: [jq]\nwrite_files:\n- path: /etc/setup\n  content: |\n${script}\nruncmd:\n- sh /etc/setup\n`,
	});
	return (credentials) => render(credentials, "x86_64");
}

type ForgeAuthority = Readonly<{
	key: forge.pki.rsa.PrivateKey;
	subject: forge.pki.CertificateField[];
}>;

const forgeAuthority = ({ certificatePem, privateKeyPem }: Authority): ForgeAuthority => ({
	key: forge.pki.privateKeyFromPem(privateKeyPem),
	subject: forge.pki.certificateFromPem(certificatePem).subject.attributes,
});

/** The same identity as node-forge's manual makes it. */
function forgeIdentity({ key, subject }: ForgeAuthority, cellName: string): string[] {
	const keys = forge.pki.rsa.generateKeyPair({ bits: 2_048 });
	const certificate = forge.pki.createCertificate();
	certificate.publicKey = keys.publicKey;
	certificate.serialNumber = "4a";
	certificate.validity.notAfter = new Date(Date.now() + 30 * 24 * 3_600_000);
	certificate.setSubject([{ name: "commonName", value: cellName }]);
	certificate.setIssuer(subject);
	certificate.setExtensions([
		{ name: "keyUsage", critical: true, digitalSignature: true },
		{ name: "extKeyUsage", serverAuth: true },
		{ name: "subjectAltName", altNames: [{ type: 2, value: "MilpaNode" }] },
	]);
	certificate.sign(key, forge.md.sha256.create());
	return [forge.pki.certificateToPem(certificate), forge.pki.privateKeyToPem(keys.privateKey)];
}
