import { ruleMeanings } from "../../cli/explain/explain-view.ts";
import type { PodDetail } from "../api.ts";
import { Section } from "./section.tsx";
import { clockText, withoutMs } from "./time-window.ts";

type Explanation = PodDetail["explanation"];

/** Why the pod has the machine that it has, or none. */
export function DecisionSection({
	explanation: { faults, wishes, decision, refusals },
}: Readonly<{ explanation: Explanation }>) {
	const asked = [...(decision?.asked ?? []), ...wishes];
	return (
		<Section title="Why this machine">
			{decision === undefined ? <p class="pale">No choice was made.</p> : <p>{decision.summary}</p>}
			{faults.map(({ path, problem }) => (
				<p key={`${path} ${problem}`} class="message">
					<code>{path}</code> {problem}
				</p>
			))}
			{asked.length === 0 ? null : (
				<>
					<h4>Asked for</h4>
					<ul class="plain">
						{asked.map((text) => (
							<li key={text}>{text}</li>
						))}
					</ul>
				</>
			)}
			{decision === undefined ? null : <Candidates decision={decision} />}
			{decision === undefined ? null : <Removed removed={decision.removed} />}
			{refusals.length === 0 ? null : <Refusals refusals={refusals} />}
		</Section>
	);
}

type Decision = NonNullable<Explanation["decision"]>;

const Candidates = ({ decision: { chosen, candidates } }: Readonly<{ decision: Decision }>) =>
	candidates.length === 0 ? null : (
		<>
			<h4>{chosen === undefined ? "Nearest misses" : "The cheapest that fit"}</h4>
			<table class="table candidates">
				<thead>
					<tr>
						<th scope="col">Type</th>
						<th scope="col">Zone</th>
						<th scope="col">Bought</th>
						<th scope="col" class="number">
							USD/h
						</th>
						<th scope="col">Verdict</th>
					</tr>
				</thead>
				<tbody>
					{candidates.map((each) => {
						const isChosen =
							chosen?.instanceType === each.instanceType &&
							chosen.zoneId === each.zoneId &&
							chosen.capacityType === each.capacityType;
						return (
							<tr
								key={`${each.instanceType} ${each.zoneId} ${each.capacityType}`}
								class={isChosen ? "chosen" : ""}
							>
								<td>{each.instanceType}</td>
								<td>{each.zoneId}</td>
								<td>{each.capacityType}</td>
								<td class="number">{each.hourlyUsd}</td>
								<td>{withoutMs(each.verdict)}</td>
							</tr>
						);
					})}
				</tbody>
			</table>
		</>
	);

const Removed = ({ removed }: Readonly<{ removed: Decision["removed"] }>) =>
	removed.length === 0 ? null : (
		<>
			<h4>Offerings that are out, by the first rule against them</h4>
			<table class="table">
				<thead>
					<tr>
						<th scope="col" class="number">
							Count
						</th>
						<th scope="col">Rule</th>
						<th scope="col">Meaning</th>
					</tr>
				</thead>
				<tbody>
					{removed.map(({ rule, count }) => (
						<tr key={rule}>
							<td class="number">{count}</td>
							<td>{rule}</td>
							<td>{ruleMeanings[rule]}</td>
						</tr>
					))}
				</tbody>
			</table>
		</>
	);

const Refusals = ({ refusals }: Readonly<{ refusals: Explanation["refusals"] }>) => (
	<>
		<h4>What EC2 refused</h4>
		<table class="table">
			<thead>
				<tr>
					<th scope="col" class="number">
						Attempt
					</th>
					<th scope="col">Time, UTC</th>
					<th scope="col">What</th>
					<th scope="col">EC2's answer</th>
				</tr>
			</thead>
			<tbody>
				{refusals.map(
					({ attempt, at, instanceType, zoneId, zone, capacityType, code, message }) => (
						<tr key={`${attempt} ${at} ${instanceType} ${zoneId}`}>
							<td class="number">{attempt}</td>
							<td class="mono">{clockText(Date.parse(at))}</td>
							<td class="wraps">
								{instanceType}, {zoneId} ({zone}), {capacityType}
							</td>
							<td>
								<b>{code}</b>: {message}
							</td>
						</tr>
					),
				)}
			</tbody>
		</table>
	</>
);
