/**
 * How a cell misbehaves.
 *
 * - `never-boots`      the machine runs, its agent never comes up.
 * - `boots-slowly`     ten times the boot time.
 * - `answers-rubbish`  mutual TLS as agreed, nonsense inside.
 * - `hangs-in-tls`     accepts the connection and never says a word.
 */
export type CellFault =
	| "none"
	| "never-boots"
	| "boots-slowly"
	| "answers-rubbish"
	| "hangs-in-tls";

/** A machine, as its metadata service describes it. */
export type CellMachine = Readonly<{
	instanceId: string;
	instanceType: string;
	imageId: string;
	zone: string;
	/** Primary private IPv4. */
	address: string;
	hostname: string;
	/** Whether the metadata service insists on tokens. */
	httpTokens: "optional" | "required";
	/** How the image's cloud-init asks; one that knows no tokens never boots where they are required. */
	metadataProtocol: "IMDSv1" | "IMDSv2";
	/** Secret. */
	userData: Buffer;
}>;

/** What an agent is started with: all else it reads from the metadata service, as on EC2. */
export type AgentStart = Readonly<{
	instanceId: string;
	metadataUrl: string;
	metadataProtocol: "IMDSv1" | "IMDSv2";
	/** Where the launcher asks for its files first; absent: the machine has no role that may. */
	parametersUrl?: string;
	listenHost: string;
	/** 0: any, where all cells share one address. */
	listenPort: number;
	fault: CellFault;
	/** The launcher's pause after a failed start. */
	retryMs: number;
}>;

/** From the main thread to a host thread. */
export type HostCommand =
	| Readonly<{ command: "start"; agent: AgentStart }>
	| Readonly<{ command: "stop"; instanceId: string }>
	| Readonly<{ command: "misbehave"; instanceId: string; fault: CellFault }>
	/** The agent throws where nobody catches. */
	| Readonly<{ command: "crash"; instanceId: string }>;

/** From a host thread to the main thread. */
export type HostEvent =
	/** A line for the machine's console; never anything of a file's content. */
	| Readonly<{ event: "console"; instanceId: string; line: string }>
	/** cloud-init has run, and something on the machine will switch it off so long after its boot. */
	| Readonly<{ event: "powers-off"; instanceId: string; afterMs: number }>
	| AgentEvent;

/** What becomes of an agent. */
export type AgentEvent =
	| Readonly<{ event: "serving"; instanceId: string; port: number }>
	| Readonly<{ event: "crashed"; instanceId: string }>;
