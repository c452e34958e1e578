/** What a picture is made of, in pixels; later ones lie on earlier ones. */
export type Shape =
	| Readonly<{
			shape: "box";
			x: number;
			y: number;
			width: number;
			height: number;
			fill: string;
			stroke?: string;
	  }>
	| Readonly<{ shape: "line"; points: readonly Point[]; stroke: string; width: number }>
	| Readonly<{ shape: "area"; points: readonly Point[]; fill: string }>
	| Readonly<{ shape: "dot"; at: Point; fill: string }>
	| Text;

/** Where something may be drawn. */
export type Frame = Readonly<{ x: number; y: number; width: number; height: number }>;

export type Point = Readonly<{ x: number; y: number }>;

export type Text = Readonly<{
	shape: "text";
	/** Of its left end, on the base line. */
	x: number;
	y: number;
	size: number;
	text: string;
	fill: string;
	bold?: boolean;
}>;

/** A character of a sans-serif face is narrower than this share of its size, on average over some words. */
const widest = { plain: 0.6, bold: 0.64 };

/** At most so wide, whatever face the reader has. */
export const textWidth = (text: string, size: number, bold = false): number =>
	text.length * size * (bold ? widest.bold : widest.plain);

/** As much of it as fits. */
export const fitting = (text: string, size: number, width: number): string => {
	const most = Math.floor(width / (size * widest.plain));
	return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1))}…`;
};

export const svgOf = (shapes: readonly Shape[], width: number, height: number, title: string) =>
	[
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="Helvetica, Arial, sans-serif">`,
		`<title>${escaped(title)}</title>`,
		...shapes.map(elementOf),
		"</svg>\n",
	].join("\n");

function elementOf(shape: Shape): string {
	switch (shape.shape) {
		case "box": {
			const stroke = shape.stroke === undefined ? "" : ` stroke="${shape.stroke}"`;
			return `<rect x="${px(shape.x)}" y="${px(shape.y)}" width="${px(shape.width)}" height="${px(shape.height)}" fill="${shape.fill}"${stroke}/>`;
		}
		case "line":
			return `<polyline points="${path(shape.points)}" fill="none" stroke="${shape.stroke}" stroke-width="${shape.width}"/>`;
		case "area":
			return `<polygon points="${path(shape.points)}" fill="${shape.fill}"/>`;
		case "dot":
			return `<circle cx="${px(shape.at.x)}" cy="${px(shape.at.y)}" r="2" fill="${shape.fill}"/>`;
		case "text": {
			const weight = shape.bold === true ? ' font-weight="600"' : "";
			return `<text x="${px(shape.x)}" y="${px(shape.y)}" font-size="${shape.size}" fill="${shape.fill}"${weight}>${escaped(shape.text)}</text>`;
		}
	}
}

const path = (points: readonly Point[]): string =>
	points.map(({ x, y }) => `${px(x)},${px(y)}`).join(" ");

const px = (value: number): string => String(Math.round(value * 10) / 10);

const escaped = (text: string): string =>
	text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
