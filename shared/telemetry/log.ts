/** Values that a log line may carry. */
export type LogFields = Readonly<Record<string, unknown>>;

/** JSON lines, one per change of state: a constant lower-case message, everything else in fields. */
export type Log = Readonly<{
	/** For whoever is looking closely; off in production. */
	debug(message: string, fields?: LogFields): void;
	/** A state changed. */
	info(message: string, fields?: LogFields): void;
	/** Handled, but unusual. */
	warn(message: string, fields?: LogFields): void;
	/** A human must act. */
	error(message: string, fields?: LogFields): void;
}>;

const logLevels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * A log that writes each line with `write`.
 *
 * @param common on every line: the function's name, its version.
 */
export const jsonLog = (
	write: (line: string) => void,
	level: LogLevel,
	now: () => Date,
	common: LogFields = {},
): Log => {
	const at =
		(lineLevel: LogLevel) =>
		(message: string, fields: LogFields = {}) => {
			if (logLevels.indexOf(lineLevel) < logLevels.indexOf(level)) return;
			const line = { time: now().toISOString(), level: lineLevel, message, ...common, ...fields };
			write(JSON.stringify(line, concealed));
		};
	return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
};

/** Fields that are never written, wherever they stand: a second net below the rule not to pass them at all. */
const secretNames =
	/^(env|user-?data|key-?pem|ca-?pem|certificate-?pem|private-?key(-?pem)?|derivation-?secret|credentials|body)$/i;
const pemBlock = /-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g;

const concealed = (name: string, value: unknown): unknown => {
	if (secretNames.test(name)) return "[concealed]";
	if (typeof value === "string") return value.replace(pemBlock, "[concealed]");
	if (value instanceof Error) return errorFields(value);
	return value;
};

/** An error as fields: what it is, what it says, and why; the stack for what nobody understood. */
const errorFields = (error: Error): LogFields => ({
	name: error.name,
	message: error.message,
	...("kind" in error ? { kind: error.kind } : { stack: error.stack }),
	...("reason" in error ? { reason: error.reason } : {}),
	...(error.cause instanceof Error ? { cause: errorFields(error.cause) } : {}),
});
