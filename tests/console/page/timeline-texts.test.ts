import { describe, expect, it } from "vitest";
import type { Mark } from "../../../infra/console/api.ts";
import { barText, rowText } from "../../../infra/console/page/timeline-texts.ts";
import { aRow, morningMs } from "./rows.ts";

const refusal: Mark = { what: "refused", atMs: morningMs, attempt: 1, text: "no capacity" };

describe("a bar in words", () => {
	it.each([
		{ marks: [], says: "nothing yet" },
		{ marks: [refusal], says: "nothing yet; refused once" },
		{ marks: [refusal, refusal], says: "nothing yet; refused 2 times" },
	])("counts what happened: $says", ({ marks, says }) => {
		expect(barText(aRow("a", { marks, spans: [] }))).toBe(says);
	});

	it("says the same a minute later, as long as nothing happens", () => {
		expect(barText(aRow("a"))).toBe("attempt 1, waiting since 08:00:00");
	});
});

describe("a row in words", () => {
	const twoFaults = { reason: "InvalidPod", message: "cpu: no number\nmemory: too much" };
	const after = (seconds: number) => morningMs + seconds * 1000;

	it.each([
		{ row: aRow("a"), says: "attempt 1, waiting 7.0s: from 08:00:00 until now" },
		{ row: aRow("a", {}, 8), says: "attempt 1, waiting 0.0s: from 08:00:08 until now" },
		{ row: aRow("a", { news: ["waits for its turn"] }), says: "waits for its turn" },
		{ row: aRow("a", twoFaults), says: "InvalidPod: cpu: no number; memory: too much" },
	])("says why it is as it is, otherwise what it does: $says", ({ row, says }) => {
		expect(rowText(row, after(7))).toBe(says);
	});
});
