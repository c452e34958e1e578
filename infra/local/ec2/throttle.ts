import { Ec2Fault } from "./fault.ts";

type BucketSize = Readonly<{ max: number; refillPerSecond: number }>;

/** The buckets of one kind of call. */
export type Allowance = Readonly<{ requests: BucketSize; resources?: BucketSize }>;

/** @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html */
export const allowances = {
	RunInstances: {
		requests: { max: 5, refillPerSecond: 2 },
		resources: { max: 1000, refillPerSecond: 2 },
	},
	StopInstances: {
		requests: { max: 50, refillPerSecond: 5 },
		resources: { max: 1000, refillPerSecond: 20 },
	},
	TerminateInstances: {
		requests: { max: 100, refillPerSecond: 5 },
		resources: { max: 1000, refillPerSecond: 20 },
	},
	filteredRead: { requests: { max: 100, refillPerSecond: 20 } },
	unfilteredRead: { requests: { max: 50, refillPerSecond: 10 } },
} as const satisfies Record<string, Allowance>;

/** Takes one call's tokens, or refuses it. */
export type Throttle = (
	bucket: string,
	allowance: Allowance,
	resources: number,
	nowMs: number,
) => void;

/**
 * EC2's token buckets, full at the start.
 *
 * @param scaleNow asked at each call: 2 doubles sizes and refills; false turns throttling off. No bucket is smaller than
 *   one call: requests would never be let in.
 */
export function tokenBuckets(scaleNow: () => number | false): Throttle {
	const buckets = new Map<string, { tokens: number; atMs: number }>();
	const filled = (name: string, size: BucketSize, factor: number, nowMs: number) => {
		const max = Math.max(1, size.max * factor);
		const bucket = buckets.get(name) ?? { tokens: max, atMs: nowMs };
		const gained = ((nowMs - bucket.atMs) / 1000) * size.refillPerSecond * factor;
		const now = { tokens: Math.min(max, bucket.tokens + gained), atMs: nowMs };
		buckets.set(name, now);
		return now;
	};
	return (name, { requests, resources: resourceSize }, resources, nowMs) => {
		const scale = scaleNow();
		if (scale === false) return;
		const request = filled(`${name} requests`, requests, scale, nowMs);
		const resource = resourceSize && filled(`${name} resources`, resourceSize, scale, nowMs);
		// Both or none: a refused request costs nothing.
		if (request.tokens < 1 || (resource && resource.tokens < resources)) {
			throw new Ec2Fault("RequestLimitExceeded", "Request limit exceeded.", 503);
		}
		request.tokens -= 1;
		if (resource) resource.tokens -= resources;
	};
}
