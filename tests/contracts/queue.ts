import { expect, it } from "vitest";

type Received = Readonly<{ body: string; receipt: string; receives: number }>;

/** What a worker and its event source do with a queue. */
export type ContractQueue = Readonly<{
	send(body: string, delaySeconds: number): Promise<void>;
	/** What can be seen, or can be within so many seconds. */
	receive(withinSeconds: number): Promise<readonly Received[]>;
	settle(receipt: string): Promise<void>;
	changeVisibility(receipt: string, seconds: number): Promise<void>;
	/** What its dead-letter queue holds. */
	dead(): Promise<readonly string[]>;
}>;

/** What every queue must do; run against the one of the simulation and against SQS's wire protocol. */
export function honoursQueue(
	/** A new queue: messages are hidden for so long from whoever comes next. */
	open: (settings: { visibilitySeconds: number; maxReceives: number }) => Promise<ContractQueue>,
): void {
	it("hides a message from others while somebody has it, and brings it again after that", async () => {
		const queue = await open({ visibilitySeconds: 1, maxReceives: 9 });
		await queue.send("hello", 0);
		expect(await queue.receive(1)).toMatchObject([{ body: "hello", receives: 1 }]);
		expect(await queue.receive(0)).toEqual([]);
		expect(await queue.receive(5)).toMatchObject([{ body: "hello", receives: 2 }]);
	});

	it("never brings a message again that is settled", async () => {
		const queue = await open({ visibilitySeconds: 0, maxReceives: 9 });
		await queue.send("hello", 0);
		const [message] = await queue.receive(1);
		await queue.settle(message?.receipt ?? "");
		expect(await queue.receive(0)).toEqual([]);
	});

	it("brings a message again when its holder says so", async () => {
		const queue = await open({ visibilitySeconds: 30, maxReceives: 9 });
		await queue.send("hello", 0);
		const [message] = await queue.receive(1);
		await queue.changeVisibility(message?.receipt ?? "", 0);
		expect(await queue.receive(1)).toMatchObject([{ body: "hello", receives: 2 }]);
	});

	it("shows a delayed message only then", async () => {
		const queue = await open({ visibilitySeconds: 30, maxReceives: 9 });
		await queue.send("later", 1);
		expect(await queue.receive(0)).toEqual([]);
		expect(await queue.receive(5)).toMatchObject([{ body: "later", receives: 1 }]);
	});

	it("gives up a message that nobody settles", async () => {
		const queue = await open({ visibilitySeconds: 0, maxReceives: 2 });
		await queue.send("poison", 0);
		for (let receives = 1; receives <= 2; receives++)
			expect(await queue.receive(1)).toMatchObject([{ body: "poison", receives }]);
		expect(await queue.receive(0)).toEqual([]);
		expect(await queue.dead()).toEqual(["poison"]);
	});
}
