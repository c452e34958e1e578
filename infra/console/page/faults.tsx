import type { Refused } from "../api.ts";

type FaultsProps = Readonly<{
	faults: Refused["faults"];
	/** Goes to a line of the text, where there is one. */
	onLine?: (line: number) => void;
}>;

/** Nobody reads more of them at once. */
const mostShown = 50;

/** What was wrong with something that somebody pressed; nothing where nothing was. */
export const FaultsAlert = ({ faults }: Pick<FaultsProps, "faults">) =>
	faults.length === 0 ? null : (
		<div role="alert">
			<Faults faults={faults} />
		</div>
	);

/** Every fault, with where it is; of very many the first ones. */
export const Faults = ({ faults, onLine }: FaultsProps) => (
	<ul class="faults">
		{faults.slice(0, mostShown).map(({ path, problem, line }, index) => (
			// Two may say the same of two pods of one name.
			<li key={`${path} ${line} ${problem} ${index}`}>
				{line === undefined || onLine === undefined ? null : (
					<button type="button" class="quiet fault-line" onClick={() => onLine(line)}>
						line {line}
					</button>
				)}
				{path === "" ? null : <code>{path}</code>} {problem}
			</li>
		))}
		{faults.length > mostShown ? <li>and {faults.length - mostShown} more</li> : null}
	</ul>
);
