import type { Notice } from "../cells/model.ts";

/** How sure it is that the instance ends, and how soon. */
const strengths = {
	RebalanceRecommendation: 1,
	// Days or weeks ahead, and sure.
	ScheduledChange: 2,
	// Two minutes ahead.
	SpotInterruption: 3,
} as const satisfies Record<Notice["reason"], number>;

/**
 * Whether a notice tells more than the one that stands: a stronger one, or a later one of the same kind with
 * another deadline, as when a scheduled change is moved.
 */
export function tellsMore(notice: Notice, standing: Notice | undefined): boolean {
	if (standing === undefined) return true;
	if (notice.reason !== standing.reason)
		return strengths[notice.reason] > strengths[standing.reason];
	return notice.deadline !== standing.deadline && Date.parse(notice.at) > Date.parse(standing.at);
}
