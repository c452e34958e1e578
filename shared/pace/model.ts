/**
 * The pace at which EC2 takes launches, as buckets: so many at once, and so many a second after that.
 *
 * @see https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export type Pace = Readonly<{
	callBurst: number;
	callsPerSecond: number;
	instanceBurst: number;
	instancesPerSecond: number;
}>;

/** Turns at RunInstances, kept by all workers together, so that EC2 need not refuse. */
export type LaunchTurns = Readonly<{
	/**
	 * Takes the next free turn.
	 *
	 * @param instances that one call asks for.
	 * @returns when the call may be made; now, or earlier, where nobody need wait. A turn that isn't used is lost.
	 */
	take(instances: number, signal: AbortSignal): Promise<Date>;
	/** EC2 refused a call for its rate: everybody goes slower for a while. */
	throttled(signal: AbortSignal): Promise<void>;
}>;
