import type { Page } from "playwright-core";

// What is handed to `evaluate` runs in the page, whose types a program for Node doesn't know: everything in there comes
// from the element that it is handed. It only gathers; what that means is decided here.

/** A text as it is drawn. Colours as CSS says them; boxes in CSS pixels of the window. */
type DrawnText = Readonly<{
	text: string;
	/** Signs in the bars are graphics, and their row says the same in words. */
	isSign: boolean;
	color: string;
	/** Of the element and of those around it. */
	backs: readonly string[];
	sizePx: number;
	weight: number;
	/** A line each, as far as it isn't cut off. */
	boxes: readonly Box[];
}>;
type Box = Readonly<{ left: number; top: number; right: number; bottom: number }>;

async function drawnTexts(page: Page): Promise<readonly DrawnText[]> {
	return await page.locator("body").evaluate((body) => {
		const view = body.ownerDocument.defaultView;
		const around = (element: typeof body): (typeof body)[] =>
			element === null ? [] : [element, ...around(element.parentElement)];
		const edges = (box: Box): Box => ({
			left: box.left,
			top: box.top,
			right: box.right,
			bottom: box.bottom,
		});
		const cut = (a: Box, b: Box): Box => ({
			left: Math.max(a.left, b.left),
			top: Math.max(a.top, b.top),
			right: Math.min(a.right, b.right),
			bottom: Math.min(a.bottom, b.bottom),
		});
		const drawn = (node: typeof body) => {
			const path = around(node.parentElement);
			const [style] = path.map((each) => view.getComputedStyle(each));
			const windows = path
				.filter((each) => view.getComputedStyle(each).overflow !== "visible")
				.map((each) => edges(each.getBoundingClientRect()));
			// Rows that are scrolled away go behind the titles, which stay.
			const titles = node.parentElement.closest(".grid-table tbody")?.previousElementSibling;
			if (titles) {
				const { bottom } = titles.getBoundingClientRect();
				windows.push({ left: 0, top: bottom, right: view.innerWidth, bottom: view.innerHeight });
			}
			const range = body.ownerDocument.createRange();
			range.selectNodeContents(node);
			return {
				text: node.data.trim(),
				isSign: node.parentElement.closest(".bar") !== null,
				color: style.color,
				backs: path.map((each) => view.getComputedStyle(each).backgroundColor),
				sizePx: Number.parseFloat(style.fontSize),
				weight: Number(style.fontWeight),
				boxes: Array.from(range.getClientRects(), (box: Box) => windows.reduce(cut, edges(box))),
			};
		};
		const walker = body.ownerDocument.createTreeWalker(body, 4);
		const nodes = [];
		while (walker.nextNode() !== null) nodes.push(walker.currentNode);
		return nodes
			.filter((node) => node.data.trim() !== "")
			.filter((node) => node.parentElement.closest(".unseen, .skip, option, noscript") === null)
			.map(drawn);
	});
}

type Color = readonly [red: number, green: number, blue: number, alpha: number];

/** `rgb(0 0 0)`, `rgba(…)` and `color(srgb …)`, which is what browsers compute. */
function colorOf(css: string): Color {
	const [r = 0, g = 0, b = 0, a = 1] = (css.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
	const scale = css.startsWith("rgb") ? 255 : 1;
	return [r / scale, g / scale, b / scale, a];
}

const over = ([r, g, b, a]: Color, below: Color): Color => [
	r * a + below[0] * (1 - a),
	g * a + below[1] * (1 - a),
	b * a + below[2] * (1 - a),
	1,
];

/** @see https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance([r, g, b]: Color): number {
	const linear = (c: number) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
	return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** From 1 to 21. */
function contrastOf(color: string, backs: readonly string[]): number {
	const white: Color = [1, 1, 1, 1];
	const back = backs.map(colorOf).reduceRight((below, layer) => over(layer, below), white);
	const [a, b] = [luminance(back), luminance(over(colorOf(color), back))];
	return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const leastOf = ({ sizePx, weight }: DrawnText): number =>
	sizePx >= 24 || (sizePx >= 18.66 && weight >= 700) ? 3 : 4.5;

/** Texts with less contrast than WCAG 2.2 AA wants: 4.5, or 3 for large ones. */
export const paleTexts = async (page: Page): Promise<readonly string[]> =>
	(await drawnTexts(page))
		.filter(({ isSign }) => !isSign)
		.map((each) => ({ ...each, contrast: contrastOf(each.color, each.backs) }))
		.filter((each) => each.contrast < leastOf(each))
		.map(({ text, color, contrast }) => `${text}: ${contrast.toFixed(2)} with ${color}`);

/** A letter's box has some room around it. */
const overlap = (a: Box, b: Box): boolean =>
	Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&
	Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;

/** Pairs of texts that stand on one another, as far as they can be seen. */
export async function overlappingTexts(page: Page): Promise<readonly string[]> {
	const texts = (await drawnTexts(page)).filter(({ isSign }) => !isSign);
	return texts.flatMap((a, at) =>
		texts
			.slice(at + 1)
			.filter((b) => a.boxes.some((box) => b.boxes.some((other) => overlap(box, other))))
			.map((b) => `${a.text} | ${b.text}`),
	);
}

/** What is wider than there is room for, by its class: the page itself and what scrolls in it. */
export async function sidewaysScrollers(page: Page): Promise<readonly string[]> {
	return await page.locator("html").evaluate((html) => {
		const parts = [html, ...html.querySelectorAll("body, .app, .head, .main, .panel, .grid")];
		return parts
			.filter((part) => part.scrollWidth > part.clientWidth + 1)
			.map((part) => `${part.tagName} ${part.className}`);
	});
}
