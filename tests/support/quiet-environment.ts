type Environment = Readonly<Record<string, string>>;

/** How a machine finds things; nothing of what it is told about AWS, colours, columns, npm or us. */
const kept = /^(PATH|HOME|LANG|TMPDIR|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+|(HTTPS?|NO|ALL)_PROXY)$/i;

/** What programs inherit that must do the same on every machine. */
export const quietEnvironment = (
	inherited: Readonly<Record<string, string | undefined>> = process.env,
): Environment =>
	Object.fromEntries(
		Object.entries(inherited).flatMap(([name, value]) =>
			kept.test(name) && value !== undefined ? [[name, value]] : [],
		),
	);
