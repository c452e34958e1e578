import type { ImpostorReason } from "../../shared/agent/model.ts";
import { Phase } from "../../shared/cells/model.ts";
import type { RefusalReason } from "../../shared/instances/model.ts";
import { deadLetterNames, type QueueName } from "../aws/names.ts";
import type { Alarm, Single } from "./definition.ts";
import { functionNames, lambda, ours, queue } from "./series.ts";

const refused = (Reason: RefusalReason): Single =>
	ours("LaunchesRefused", "Sum", Reason, { Reason });
const impostor = (Reason: ImpostorReason): Single =>
	ours("ImpostorsRefused", "Sum", Reason, { Reason });

const [firstPhase, ...otherPhases] = Phase.options.map((phase) =>
	ours("RecordsStuck", "Sum", phase, { Phase: phase }),
);
const [firstErrors, ...otherErrors] = functionNames.map((name) => lambda(name, "Errors", "Sum"));
const [firstDeadLetters, ...otherDeadLetters] = deadLetterNames.map((name) =>
	queue(name, "ApproximateNumberOfMessagesVisible", name),
);
const age = (name: QueueName): Single => queue(name, "ApproximateAgeOfOldestMessage", name);

const daySeconds = 24 * 3600;

/** An alarm for what must wake somebody. The rest is for dashboards. */
export const alarms: readonly Alarm[] = [
	{
		name: "dead-letters",
		means: "Messages lie in a dead-letter queue: nobody looks after them any more.",
		series: several(firstDeadLetters, otherDeadLetters),
		combined: "SUM",
		unit: "Count",
		threshold: { above: 0 },
		periodSeconds: 300,
		periods: 1,
		silence: "fine",
		because: "one is one too many; SQS tells nothing of a queue that nothing touches",
	},
	{
		name: "pod-scheduled-late",
		means: "A pod's message is older than 15 minutes, and launch has hardly seen it.",
		series: [age("pod-scheduled")],
		unit: "Seconds",
		threshold: { above: 900 },
		periodSeconds: 60,
		periods: 5,
		silence: "fine",
		because:
			"SQS leaves messages out that were received more than three times; a burst of a thousand pods keeps others waiting for 500 s at EC2's two calls a second",
	},
	{
		name: "pod-deleted-late",
		means: "A deletion has waited for five minutes: a cell costs money that nobody wants.",
		series: [age("pod-deleted")],
		unit: "Seconds",
		threshold: { above: 300 },
		periodSeconds: 60,
		periods: 5,
		silence: "fine",
		because: "a deletion takes one write, so that only a function that doesn't run is late",
	},
	{
		name: "cell-checks-late",
		means: "A cell's check has waited for 20 minutes, and readiness has hardly seen it.",
		series: [age("cell-checks")],
		unit: "Seconds",
		threshold: { above: 1_200 },
		periodSeconds: 60,
		periods: 5,
		silence: "fine",
		because:
			"a check may be delayed by 900 s, where cells of its kind take so long; after that it comes back every half minute, and SQS leaves it out",
	},
	{
		name: "conservation",
		means: "Pods were accepted that have no answer, don't live, and that nobody looks after.",
		series: [ours("Conservation", "Maximum", "conservation", {})],
		unit: "Count",
		threshold: { above: 0 },
		periodSeconds: 300,
		periods: 3,
		silence: "fine",
		because:
			"the janitor's remedy for a record works within one run or two; janitor-silent hears silence",
	},
	{
		name: "janitor-silent",
		means: "The janitor has not counted the records for half an hour.",
		series: [ours("Conservation", "SampleCount", "runs", {})],
		unit: "Count",
		threshold: { below: 1 },
		periodSeconds: 900,
		periods: 2,
		silence: "alarm",
		because: "it runs every five minutes, also when there is nothing to do",
	},
	{
		name: "records-stuck",
		means: "Three records within an hour stood still and got the janitor's remedy.",
		series: several(firstPhase, otherPhases),
		combined: "SUM",
		unit: "Count",
		threshold: { above: 2 },
		periodSeconds: 3_600,
		periods: 1,
		silence: "fine",
		because: "a record or two may be a worker that died; three are something that is broken",
	},
	{
		name: "checks-lost",
		means: "Three cells within an hour were late, and readiness had not given them up.",
		series: [ours("ChecksLost", "Sum", "checks lost", {})],
		unit: "Count",
		threshold: { above: 2 },
		periodSeconds: 3_600,
		periods: 1,
		silence: "fine",
		because:
			"told only when there are any; one is sent again, three mean that readiness doesn't get them",
	},
	{
		name: "orphans-left",
		means: "More machines are nobody's than the janitor may end in one run.",
		series: [ours("OrphansLeft", "Maximum", "left", {})],
		unit: "Count",
		threshold: { above: 0 },
		periodSeconds: 300,
		periods: 1,
		silence: "fine",
		because: "they cost money until somebody decides",
	},
	{
		name: "orphans-ended",
		means: "The janitor has ended a machine that no record owned.",
		series: [ours("OrphansEnded", "Sum", "ended", {})],
		unit: "Count",
		threshold: { above: 0 },
		periodSeconds: 300,
		periods: 1,
		silence: "fine",
		because: "it must not happen: each one is an error in this software, or somebody else's launch",
	},
	{
		name: "janitor-failures",
		means: "The janitor fails at something in every run.",
		series: [ours("JanitorFailures", "Maximum", "failures", {})],
		unit: "Count",
		threshold: { above: 0 },
		periodSeconds: 300,
		periods: 3,
		silence: "fine",
		because: "one run may meet a throttled API; three in a row mostly lack a permission",
	},
	{
		name: "client-certificate",
		means:
			"Readiness' client certificate has not been renewed for twelve hours, or can't last a day.",
		series: [ours("ClientCertificateDays", "Minimum", "days", { Role: "current" })],
		unit: "None",
		threshold: { below: 0.5 },
		periodSeconds: 21_600,
		periods: 2,
		silence: "alarm",
		because:
			"it lives for a day, and renewal tells of it at each run, idle or not; when it is over no cell becomes ready",
	},
	{
		name: "authority-ends",
		means: "The authority that signs cells ends within 30 days.",
		series: [ours("AuthorityDays", "Minimum", "days", { Role: "current" })],
		unit: "None",
		threshold: { below: 30 },
		periodSeconds: 21_600,
		periods: 1,
		silence: "fine",
		because: "a rotation takes some days, until the last cell of the old one has ended",
	},
	{
		name: "catalogue-age",
		means: "Launches choose from a catalogue that is older than a day.",
		series: [ours("CatalogueAgeSeconds", "Maximum", "age", {})],
		unit: "Seconds",
		threshold: { above: daySeconds },
		periodSeconds: 21_600,
		periods: 1,
		silence: "fine",
		because: "it is gathered every hour; prices on demand change seldom, spot prices slowly",
	},
	{
		name: "image-age",
		means: "The boot image has not been confirmed by EC2 for two days.",
		series: [
			ours("CachedImageAgeSeconds", "Maximum", "x86_64", { Architecture: "x86_64" }),
			ours("CachedImageAgeSeconds", "Maximum", "arm64", { Architecture: "arm64" }),
		],
		combined: "MAX",
		unit: "Seconds",
		threshold: { above: 2 * daySeconds },
		periodSeconds: 21_600,
		periods: 1,
		silence: "fine",
		because: "several refreshes have failed; launches go on with the old image until it is gone",
	},
	{
		name: "schedules-silent",
		means: "The function market or images has not been called for a day.",
		series: [lambda("market", "Invocations", "Sum"), lambda("images", "Invocations", "Sum")],
		combined: "MIN",
		unit: "Count",
		threshold: { below: 1 },
		periodSeconds: daySeconds,
		periods: 1,
		silence: "alarm",
		because:
			"their schedules call them every hour and every six; their ages tell nothing if they don't run",
	},
	{
		name: "function-errors",
		means: "Invocations have failed in each of three five-minute periods.",
		series: several(firstErrors, otherErrors),
		combined: "SUM",
		unit: "Count",
		threshold: { above: 0 },
		periodSeconds: 300,
		periods: 3,
		silence: "fine",
		because: "single failures are tried again by whoever called; what lasts isn't one of them",
	},
	{
		name: "stream-late",
		means: "Changes of records reach reconcile five minutes late.",
		series: [lambda("reconcile", "IteratorAge", "Maximum")],
		unit: "Milliseconds",
		threshold: { above: 300_000 },
		periodSeconds: 60,
		periods: 5,
		silence: "fine",
		because:
			"a change that fails is let go after a minute; later than that, reconcile doesn't run, and lost cells are not ended",
	},
	{
		name: "launches-forbidden",
		means: "EC2 refuses launches for what only an operator can change.",
		series: [
			refused("forbidden"),
			refused("bad-request"),
			refused("no-image"),
			refused("tokens-enforced"),
		],
		combined: "SUM",
		unit: "Count",
		threshold: { above: 0 },
		periodSeconds: 300,
		periods: 1,
		silence: "fine",
		because: "the next pod meets the same refusal",
	},
	{
		name: "quota",
		means:
			"EC2 has refused launches for an account's quota for half an hour, or can't sell spot at all.",
		series: [refused("quota"), refused("no-spot")],
		combined: "SUM",
		unit: "Count",
		threshold: { above: 0 },
		periodSeconds: 900,
		periods: 2,
		silence: "fine",
		because: "the class is set aside, and pods find another one; what lasts takes a request to AWS",
	},
	{
		name: "impostors",
		means: "Something answered at a cell's address that isn't the cell that was made.",
		series: [
			impostor("CertificateNotPinned"),
			impostor("CertificateExpired"),
			impostor("CertificateUntrusted"),
			impostor("CertificateNameMismatch"),
		],
		combined: "SUM",
		unit: "Count",
		threshold: { above: 0 },
		periodSeconds: 300,
		periods: 1,
		silence: "fine",
		because: "somebody else has the address, or an image ignores its user data: both want a look",
	},
];

function several(
	first: Single | undefined,
	others: readonly Single[],
): readonly [Single, ...Single[]] {
	if (first === undefined) throw new RangeError("there is at least one of them");
	return [first, ...others];
}
