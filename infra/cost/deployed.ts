import { readFileSync } from "node:fs";

const text = (file: string): string =>
	readFileSync(new URL(`../aws/${file}`, import.meta.url), "utf8");

/** Each function's memory in MB, as infra/aws/functions.yml has it. */
export function functionMemoryMb(): ReadonlyMap<string, number> {
	const blocks = text("functions.yml").split(/^(?=[\w-]+:$)/m);
	return new Map(
		blocks.flatMap((block) => {
			const name = /^([\w-]+):$/m.exec(block)?.[1];
			const memory = /^ {2}memorySize: (\d+)$/m.exec(block)?.[1];
			return name === undefined || memory === undefined ? [] : [[name, Number(memory)] as const];
		}),
	);
}

const minutesOf = { minute: 1, hour: 60, day: 24 * 60 } as const;

/** How often each scheduled function runs in a month of 30 days, as infra/aws/schedules.yml has it. */
export function ticksAMonth(): ReadonlyMap<string, number> {
	const rate =
		/Name: \S+\}-([\w-]+)\n(?:.*\n)*?\s+ScheduleExpression: rate\((\d+) (minute|hour|day)s?\)/g;
	return new Map(
		[...text("schedules.yml").matchAll(rate)].map(([, name = "", every, unit]) => {
			const minutes =
				Number(every) *
				(unit === "minute" || unit === "hour" || unit === "day" ? minutesOf[unit] : 1);
			return [name, (30 * 24 * 60) / minutes];
		}),
	);
}

/** How many queues call a function: each is asked all the time. */
export const queueMappings = (): number =>
	[...text("sources.yml").matchAll(/EventSourceArn: !GetAtt \w+Queue\.Arn/g)].length;
