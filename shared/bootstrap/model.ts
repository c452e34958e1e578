/** One file that a cell finds when it boots. */
export type CellFile = Readonly<{
	/** Absolute path. */
	path: string;
	content: string;
}>;

/** What the operator wants on every cell, from provider.yaml. */
export type CellSettings = Readonly<{
	/** `cells.itzo.version`; absent: the launcher's default. */
	itzoVersion?: string;
	/** `cells.itzo.url`; absent: the launcher's default. */
	itzoUrl?: string;
	/** `cells.cellConfig`: keys that the launcher understands. */
	cellConfig: Readonly<Record<string, string>>;
	/** Text of `cells.cloudInitFile`, checked at start; absent: none. */
	cloudInit?: string;
}>;
