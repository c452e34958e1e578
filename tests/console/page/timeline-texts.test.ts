import { describe, expect, it } from "vitest";
import type { Mark } from "../../../infra/console/api.ts";
import { barText } from "../../../infra/console/page/timeline-texts.ts";
import { aRow, morningMs } from "./rows.ts";

const refusal: Mark = { what: "refused", atMs: morningMs, attempt: 1, text: "no capacity" };

describe("a bar in words", () => {
	it.each([
		{ marks: [], says: "nothing yet" },
		{ marks: [refusal], says: "nothing yet; refused once" },
		{ marks: [refusal, refusal], says: "nothing yet; refused 2 times" },
	])("counts what happened: $says", ({ marks, says }) => {
		expect(barText(aRow("a", { marks, spans: [] }), morningMs)).toBe(says);
	});
});
