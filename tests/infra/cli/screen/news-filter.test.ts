import { expect, it } from "vitest";
import { newsFilter } from "../../../../infra/cli/screen/news-filter.ts";

it("what was said of a thing is news again only after something else was said of it", () => {
	const isNews = newsFilter();
	const told = ["a Scheduled", "b Scheduled", "a Scheduled", "a Ready", "a Scheduled"].filter(
		(said) => isNews(said.charAt(0), said),
	);
	expect(told).toEqual(["a Scheduled", "b Scheduled", "a Ready", "a Scheduled"]);
});
