/**
 * `node infra/dashboards/render.ts <fleet|health> <log lines> <picture.svg>`: a dashboard as a picture, from what the
 * functions of a run have written. The embedded stack has it in .cellwright/logs; put its files into one.
 */
import { readFile, writeFile } from "node:fs/promises";
import { drawDashboard } from "./draw.ts";
import { fleet } from "./fleet.ts";
import { health } from "./health.ts";
import { runFrom } from "./observations.ts";
import { svgOf } from "./shapes.ts";

/**
 * @param name `fleet` or `health`.
 * @param lines of metrics and logs, in any order.
 * @returns undefined where no dashboard has this name.
 */
export function pictureOf(name: string, lines: string): string | undefined {
	const dashboard = [fleet, health].find((each) => each.name === name);
	if (dashboard === undefined) return undefined;
	const { shapes, width, height } = drawDashboard(dashboard, runFrom(lines));
	return svgOf(shapes, width, height, `The dashboard ${name} of a run`);
}

if (import.meta.main) {
	const [name = "", from, to] = process.argv.slice(2);
	const picture = from === undefined ? undefined : pictureOf(name, await readFile(from, "utf8"));
	if (picture === undefined || to === undefined) {
		process.stderr.write(
			"usage: node infra/dashboards/render.ts <fleet|health> <log lines> <picture.svg>\n",
		);
		process.exitCode = 2;
	} else await writeFile(to, picture);
}
