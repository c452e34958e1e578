/** What an answer holds: objects become elements, lists become `item` elements, undefined nothing. */
export type Xml =
	| string
	| number
	| boolean
	| undefined
	| readonly Xml[]
	| { readonly [element: string]: Xml };

const namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";
const prologue = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** A successful answer of an action, as EC2 writes it. */
export const answerXml = (action: string, requestId: string, answer: Xml): string =>
	`${prologue}<${action}Response xmlns="${namespace}">${markup({ requestId })}${markup(answer)}</${action}Response>`;

/** An error of the query protocol; EC2 spells `RequestID` differently here. */
export const errorXml = (code: string, message: string, requestId: string): string =>
	`${prologue}${markup({ Response: { Errors: { Error: { Code: code, Message: message } }, RequestID: requestId } })}`;

const markup = (value: Xml): string => {
	if (value === undefined) return "";
	if (typeof value !== "object") return escaped(String(value));
	if (isList(value)) return value.map((item) => `<item>${markup(item)}</item>`).join("");
	return Object.entries(value)
		.filter(([, content]) => content !== undefined)
		.map(([element, content]) => `<${element}>${markup(content)}</${element}>`)
		.join("");
};

// Array.isArray alone does not narrow readonly arrays.
const isList = (value: object): value is readonly Xml[] => Array.isArray(value);

const entities: Readonly<Record<string, string>> = {
	"&": "&amp;",
	"<": "&lt;",
	">": "&gt;",
	'"': "&quot;",
};

// Control characters don't exist in XML 1.0, not even as references.
const escaped = (text: string): string =>
	text
		.replace(/[&<>"]/g, (character) => entities[character] ?? "")
		.replace(/\r/g, "&#13;")
		// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that XML can't carry
		.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "?");
