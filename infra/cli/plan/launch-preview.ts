import { createHash, X509Certificate } from "node:crypto";
import type { RunInstancesCommandInput } from "@aws-sdk/client-ec2";
import { cellParametersRenderer } from "../../../shared/bootstrap/cell-parameters.ts";
import { cloudConfigRenderer } from "../../../shared/bootstrap/cloud-config.ts";
import { maskedCredentials, maskedSettings } from "../../../shared/bootstrap/masked.ts";
import type { CellSettings } from "../../../shared/bootstrap/model.ts";
import { gzip, userDataLimitBytes, userDataRenderer } from "../../../shared/bootstrap/user-data.ts";
import type { CellIn } from "../../../shared/cells/model.ts";
import {
	cellParametersOf,
	credentialsOf,
	launchRequestOf,
} from "../../../shared/flows/launch-request.ts";
import type { Image } from "../../../shared/images/model.ts";
import { runInstancesInput } from "../../../shared/instances/run-instances.ec2.ts";
import type { Credentials, Issuer } from "../../../shared/pki/model.ts";
import type { ChoiceBasis } from "../explain/choice-basis.ts";

/** All that a plan would send, without a secret. */
export type LaunchPreview = Readonly<{
	attempt: number;
	configRevision: string;
	image: Image;
	/** The certificate's public part. */
	identity: Readonly<{
		subject: string;
		names: string;
		/** ISO 8601 UTC. */
		notBefore: string;
		notAfter: string;
		serialNumber: string;
		/** SHA-256 over the DER, as the record keeps it. */
		fingerprint: string;
		authorityId: string;
	}>;
	userData: Readonly<{
		/** With notes in the place of secrets. */
		text: string;
		/** Of the real one. */
		plainBytes: number;
		gzippedBytes: number;
		limitBytes: number;
		/** As it is sent. */
		sentAs: "text" | "gzip";
	}>;
	/** What the parameter store would hold, masked as well; none where user data holds it all. */
	parameters: readonly Readonly<{ name: string; bytes: number }>[];
	/** The masked contents of the parameters put one behind the other. */
	parametersText: string;
	/** RunInstances, word for word but for its user data. */
	request: Omit<RunInstancesCommandInput, "UserData"> & Readonly<{ UserData: HashedBytes }>;
}>;

/** Stands for bytes that aren't shown. */
type HashedBytes = Readonly<{ sha256: string; bytes: number }>;

/** The request that launch would send for this plan, and what it is made of. */
export function launchPreview(
	cell: CellIn<"Launching">,
	{ config, settings, controllerId }: ChoiceBasis,
	issuer: Issuer,
	showContent: boolean,
): LaunchPreview {
	const { plan } = cell;
	const userDataFor = userDataRenderer(settings);
	const parametersFor = cellParametersRenderer(settings);
	const request = launchRequestOf(cell, { issuer, userDataFor, config, controllerId });
	const parameters = cellParametersOf(cell, { issuer, parametersFor });
	const credentials = credentialsOf(cell, issuer);
	const shown = { settings: maskedSettings(settings, showContent), ...shownOf(credentials) };
	const plain = Buffer.from(textOf(cell, settings, credentials));
	const shownParameters = cellParametersOf(cell, {
		issuer,
		parametersFor: (_, architecture) =>
			cellParametersRenderer(shown.settings)(shown.credentials, architecture),
	});
	return {
		attempt: plan.attempt,
		configRevision: plan.configRevision,
		image: plan.image,
		identity: identityOf(credentials, plan.fingerprint, issuer),
		userData: {
			text: textOf(cell, shown.settings, shown.credentials),
			plainBytes: plain.length,
			gzippedBytes: gzip(plain).length,
			limitBytes: userDataLimitBytes,
			sentAs: plain.equals(request.userData) ? "text" : "gzip",
		},
		parameters: parameters.map(({ name, value }) => ({
			name: `/kip/cells/<instance id>/${name}`,
			bytes: Buffer.byteLength(value),
		})),
		parametersText: shownParameters.map(({ value }) => value).join(""),
		request: { ...runInstancesInput(request), UserData: hashed(request.userData) },
	};
}

const shownOf = (credentials: Credentials) => ({ credentials: maskedCredentials(credentials) });

/** User data before it is packed. */
const textOf = (
	{ plan: { offering, cellFilesIn } }: CellIn<"Launching">,
	settings: CellSettings,
	credentials: Credentials,
): string =>
	cloudConfigRenderer(settings)(credentials, offering.architecture, cellFilesIn)
		.map(({ text }) => text)
		.join("");

const identityOf = (
	{ certificatePem }: Credentials,
	fingerprint: string,
	issuer: Issuer,
): LaunchPreview["identity"] => {
	const certificate = new X509Certificate(certificatePem);
	return {
		subject: certificate.subject,
		names: certificate.subjectAltName ?? "",
		notBefore: certificate.validFromDate.toISOString(),
		notAfter: certificate.validToDate.toISOString(),
		serialNumber: certificate.serialNumber.toLowerCase(),
		fingerprint,
		authorityId: issuer.by.authorityId,
	};
};

const hashed = (bytes: Uint8Array): HashedBytes => ({
	sha256: createHash("sha256").update(bytes).digest("hex"),
	bytes: bytes.length,
});
