import { bodyColumns, section } from "../explain/explain-view.ts";
import { printable, wrapped } from "../screen/text-layout.ts";
import type { LaunchPreview } from "./launch-preview.ts";
import type { PlanBasis } from "./plan-basis.ts";

/** What a pod's plan would send, below why. */
export const previewLines = (
	uid: string | undefined,
	preview: LaunchPreview,
	{ imagesFrom, issuersFrom }: PlanBasis,
): readonly string[] => [
	...section("image", [
		...wrapped(`${preview.image.imageId} (${preview.image.name}), ${imagesFrom}`, bodyColumns),
	]),
	...section("identity", identityLines(preview.identity, issuersFrom)),
	...section("user data", [
		...wrapped(userDataHead(preview), bodyColumns),
		...textLines(preview.userData.text),
	]),
	...section("parameters", parameterLines(preview)),
	...section("request", [
		...wrapped(
			`RunInstances, as JSON; it is not sent${uid === undefined ? withoutUid : ""}`,
			bodyColumns,
		),
		...textLines(JSON.stringify(preview.request, undefined, "  ")),
	]),
];

const withoutUid =
	"; namespace and name stand for the uid, on which token, tags and identity depend";

const identityLines = (
	{
		subject,
		names,
		notBefore,
		notAfter,
		serialNumber,
		fingerprint,
		authorityId,
	}: LaunchPreview["identity"],
	issuersFrom: string,
): readonly string[] =>
	[
		`${subject.replaceAll("\n", ", ")}; ${names}`,
		`valid from ${notBefore} to ${notAfter}`,
		`serial number ${serialNumber}`,
		`SHA-256 ${fingerprint}`,
		`signed by authority ${authorityId}, ${issuersFrom}`,
	].flatMap((line) => wrapped(line, bodyColumns));

const userDataHead = ({
	userData: { plainBytes, gzippedBytes, limitBytes, sentAs },
	request: { UserData },
}: LaunchPreview): string =>
	`${plainBytes} bytes, ${gzippedBytes} gzipped, of at most ${limitBytes}; sent as ${sentAs}, SHA-256 ${UserData.sha256}; with secrets masked:`;

function parameterLines({ parameters, parametersText }: LaunchPreview): readonly string[] {
	if (parameters.length === 0) return [];
	return [
		...parameters.map(({ name, bytes }) => `${name}, ${bytes} bytes`),
		"with secrets masked:",
		...textLines(parametersText),
	];
}

/** As it stands, further in: whoever copies it must not find other line breaks. */
const textLines = (text: string): readonly string[] =>
	text
		.trimEnd()
		.split("\n")
		.map((line) => `  ${printable(line)}`);
