/** What EC2 answers instead of doing what was asked: its error code, its words, its HTTP status. */
export class Ec2Fault extends Error {
	override readonly name = "Ec2Fault";
	readonly code: string;
	/** EC2 blames itself (500, 503) for capacity and throttling, the caller (400) for the rest. */
	readonly status: number;

	constructor(code: string, message: string, status = 400) {
		super(message);
		this.code = code;
		this.status = status;
	}
}

export const missingParameter = (name: string): Ec2Fault =>
	new Ec2Fault("MissingParameter", `The request must contain the parameter ${name}`);

export const invalidValue = (message: string): Ec2Fault =>
	new Ec2Fault("InvalidParameterValue", message);

export const invalidCombination = (message: string): Ec2Fault =>
	new Ec2Fault("InvalidParameterCombination", message);

/** `DryRun` asks for an answer instead of an act: success is an error, too. */
export const dryRun = (): Ec2Fault =>
	new Ec2Fault("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412);
