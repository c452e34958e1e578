import type { Refused } from "../api.ts";

type FaultsProps = Readonly<{
	faults: Refused["faults"];
	/** Goes to a line of the text, where there is one. */
	onLine?: (line: number) => void;
}>;

/** Every fault, with where it is. */
export const Faults = ({ faults, onLine }: FaultsProps) => (
	<ul class="faults">
		{faults.map(({ path, problem, line }) => (
			<li key={`${path} ${line} ${problem}`}>
				{line === undefined || onLine === undefined ? null : (
					<button type="button" class="quiet fault-line" onClick={() => onLine(line)}>
						line {line}
					</button>
				)}
				{path === "" ? null : <code>{path}</code>} {problem}
			</li>
		))}
	</ul>
);
