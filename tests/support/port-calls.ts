type Method = (...args: never[]) => unknown;

/** Ports whose methods tell before each call that reaches outside: not the clock, the log or metrics. */
function counted<Ports extends object>(
	ports: Ports,
	around: (call: () => Promise<unknown>) => Promise<unknown>,
): Ports {
	const outside = new Set([
		"agent",
		"bus",
		"cellParameters",
		"cells",
		"checks",
		"clientCredentials",
		"deadLetters",
		"fleet",
		"instances",
		"limits",
		"turns",
		"wakeUps",
	]);
	const watched = (port: object) =>
		new Proxy(port, {
			get(target, name) {
				const method: unknown = Reflect.get(target, name);
				if (typeof method !== "function") return method;
				return async (...args: never[]) =>
					await around(async () => await (method as Method).apply(target, args));
			},
		});
	return new Proxy(ports, {
		get(target, name) {
			const port: unknown = Reflect.get(target, name);
			return typeof port === "object" && port !== null && outside.has(String(name))
				? watched(port)
				: port;
		},
		// Flows spread their ports.
		ownKeys: (target) => Reflect.ownKeys(target),
	});
}

/** Ports of which one call, counted over all, fails after it has taken effect, and every later one before. */
export function dyingAt<Ports extends object>(fatal: number, ports: Ports): Ports {
	let calls = 0;
	return counted(ports, async (call) => {
		calls += 1;
		const mine = calls;
		if (mine > fatal) throw new Error("this worker is dead");
		const result = await call();
		if (mine === fatal) throw new Error("died before it heard the answer");
		return result;
	});
}

/** Ports that let something else happen just before one call, counted over all. */
export function beforeCall<Ports extends object>(
	number: number,
	ports: Ports,
	happens: () => Promise<void>,
): Ports {
	let calls = 0;
	return counted(ports, async (call) => {
		calls += 1;
		if (calls === number) await happens();
		return await call();
	});
}
