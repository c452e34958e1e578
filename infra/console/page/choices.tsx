import type { Launched } from "../api.ts";
import { podName } from "./pod-filter.ts";

type Pods = Launched["pods"];

const mostNames = 3;

/** What pods would get; those that would get the same are one line, as a Deployment's replicas. */
export const Choices = ({ pods }: Readonly<{ pods: Pods }>) => (
	<ul class="plain choices">
		{[...Map.groupBy(pods, ({ choice }) => choice)].map(([choice, those]) => (
			<li key={choice}>
				<b>{namesText(those)}</b> would get: {choice ?? "nothing is known of that"}
			</li>
		))}
	</ul>
);

/** All of a few, otherwise how many more there are. */
function namesText(pods: Pods): string {
	const names = pods.map(podName);
	return names.length <= mostNames
		? names.join(", ")
		: `${names.slice(0, mostNames - 1).join(", ")} and ${names.length - mostNames + 1} more`;
}
