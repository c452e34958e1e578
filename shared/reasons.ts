/**
 * Every reason of ours, in one CamelCase word: on records, in status events, on dead letters, in metrics and
 * in errors of the command line. EC2's own error codes stand beside them in conditions and waits.
 *
 * `seen` says where somebody meets it first:
 *
 * - `pod`       the pod has its answer, and it is no.
 * - `loss`      the pod's cell is lost: it gets another one, or that was its answer.
 * - `condition` a step of a cell's life.
 * - `wait`      a message goes back to its queue; the pod's answer, if it still holds when its time is over.
 * - `function`  a function can't work at all: the log, and the answer of pods whose time runs out meanwhile.
 * - `message`   a message that belongs to no pod.
 * - `start`     configuration and command line: nothing runs until it is put right.
 */
export const reasons = {
	InvalidPod: {
		seen: "pod",
		meaning:
			"The pod asks for something that no cell can have, or a field isn't what Kubernetes allows.",
		remedy:
			"Correct every fault that the message lists, and create the pod again: it gets a new uid.",
	},
	UnknownLabel: {
		seen: "pod",
		meaning: "The node selector or affinity names a label that cells don't have.",
		remedy: "Remove the label, or use one of docs/choosing-offerings.md.",
	},
	NoOfferingFits: {
		seen: "pod",
		meaning:
			"Nothing that EC2 sells in the configured zones, for the configured images, can hold the pod.",
		remedy:
			"The message says what would have to change: the pod's figures or labels, or provider.yaml.",
	},
	LaunchRejected: {
		seen: "pod",
		meaning: "EC2 refused the request itself; the same request would be refused for ever.",
		remedy:
			"The message holds EC2's code and words: mostly an image, security group or instance profile that is gone or doesn't fit the type.",
	},
	ImageGone: {
		seen: "pod",
		meaning: "EC2 doesn't launch the boot image, also after it was looked up anew.",
		remedy:
			"Share the image that the message names with this account, allow it in the account's Allowed AMIs, or correct cells.bootImageSpecs. Create the pod again.",
	},
	HttpTokensEnforced: {
		seen: "pod",
		meaning:
			"The account or its organization enforces IMDSv2, and cells.metadataTokens is optional: EC2 refuses every launch.",
		remedy:
			"If the image's cloud-init knows IMDSv2, set cells.metadataTokens to required. Elotl's doesn't: disable httpTokensEnforced in the account's EC2 settings of this region, or in the declarative policy that sets it. Create the pod again.",
	},
	LaunchTimeout: {
		seen: "pod",
		meaning: "The plan was written, and long after that EC2 had still not accepted it.",
		remedy:
			"Look at the conditions for EC2's last code, and at the log of launch: throttling, or a function that failed. Create the pod again.",
	},
	ParametersTooLarge: {
		seen: "function",
		meaning:
			"A cell's files don't fit into ten parameters of 4,096 bytes (cells.useCloudParameterStore). No instance was asked for.",
		remedy: "Shorten cells.cellConfig, which the message's table shows, or turn the setting off.",
	},
	ParametersDenied: {
		seen: "function",
		meaning: "A function may not write or delete cells' parameters, or not use their KMS key.",
		remedy:
			"Give its role the permissions that the message names, on parameter/kip/cells/*. What is missing is done as soon as it may be.",
	},
	ParametersUnavailable: {
		seen: "wait",
		meaning: "The parameter store didn't take or delete a cell's parameters: throttled, or away.",
		remedy: "None: it is tried again. If it lasts, look at AWS's status page.",
	},
	BootTimeout: {
		seen: "pod",
		meaning:
			"EC2 made the instance, but its agent never answered. The instance is ended, and the pod gets another one: cells.bootAttempts in a row at most.",
		remedy:
			"The message ends with the agent's last answer, and `npx cellwright status` shows the console. No connection: security groups, subnet, image or cloud-init file. Slow images: cells.bootTimeoutSeconds.",
	},
	CertificateNotPinned: {
		seen: "pod",
		meaning:
			"What answers at the cell's address has another certificate than the one that was made for it.",
		remedy:
			"Find out what runs at that address; if it is the cell, its user data was not applied: look at the image.",
	},
	CertificateExpired: {
		seen: "pod",
		meaning: "The certificate at the cell's address isn't valid now.",
		remedy: "Check the clocks of the functions and of the image.",
	},
	CertificateUntrusted: {
		seen: "pod",
		meaning: "The certificate at the cell's address comes from another authority.",
		remedy: "Find out who has the address; a cell of another deployment has another authority.",
	},
	CertificateNameMismatch: {
		seen: "pod",
		meaning: "The certificate at the cell's address lacks the name MilpaNode.",
		remedy: "Find out who has the address: no cell has such a certificate.",
	},
	SpotInterrupted: {
		seen: "loss",
		meaning: "EC2 took the spot instance back.",
		remedy:
			"Nothing to do: that is what spot costs. If it happens too often, allow more types and zones, or ask for capacity on demand.",
	},
	InstanceStopped: {
		seen: "loss",
		meaning: "Somebody stopped the cell's instance; its pod's processes are gone, and it is ended.",
		remedy: "Find out who calls StopInstances: CloudTrail names them. Delete the pod instead.",
	},
	InstanceEnded: {
		seen: "loss",
		meaning: "Somebody else ended the cell's instance.",
		remedy: "Find out who calls TerminateInstances: CloudTrail names them. Delete the pod instead.",
	},
	InstanceShutDown: {
		seen: "loss",
		meaning: "The cell shut itself down: its pod or its image did, or cells.maxLifetime was over.",
		remedy: "Nothing to do at the end of cells.maxLifetime; else look at what ran on the cell.",
	},
	InstanceGone: {
		seen: "loss",
		meaning: "The cell's instance ended, and nothing had told so until the janitor looked.",
		remedy:
			"The message holds EC2's state reason. If it repeats, find out why EC2's events don't reach the function interruptions.",
	},
	InstanceFailed: {
		seen: "loss",
		meaning: "EC2 accepted the instance, and then couldn't start or keep it.",
		remedy:
			"The message holds EC2's state reason and what it mostly means: a KMS key (Client.InternalError), a quota of EBS (Client.VolumeLimitExceeded), a snapshot that is gone.",
	},
	OfferingChosen: {
		seen: "condition",
		meaning: "An instance type, zone and capacity type were chosen; the message says why.",
		remedy: "Nothing to do.",
	},
	Accepted: {
		seen: "condition",
		meaning: "EC2 accepted the launch; the message is the instance's id.",
		remedy: "Nothing to do.",
	},
	AgentAnswers: {
		seen: "condition",
		meaning: "The cell's agent answered, with the certificate that was made for it.",
		remedy: "Nothing to do.",
	},
	SpotInterruption: {
		seen: "condition",
		meaning: "EC2 has warned that it takes the spot instance back: two minutes later, mostly.",
		remedy: "Nothing to do: the pod gets its next cell when this one has ended.",
	},
	RebalanceRecommendation: {
		seen: "condition",
		meaning: "EC2 says that the spot instance is more likely than others to be taken back soon.",
		remedy: "Nothing to do; whoever can move the work to another pod has some time for it.",
	},
	ScheduledChange: {
		seen: "condition",
		meaning:
			"AWS Health has announced a change of the instance or its host (a retirement, a reboot) with its time; as the reason of a loss, EC2 has carried it out.",
		remedy:
			"Delete the pod at a time that suits you, and create it again: it gets another machine.",
	},
	AttemptOver: {
		seen: "condition",
		meaning: "The instance of the last attempt has ended already; another attempt is planned.",
		remedy:
			"Nothing to do, unless it repeats: then EC2 ends instances at once. Look at their state reason.",
	},
	PodDeleted: {
		seen: "condition",
		meaning: "The pod was deleted: its cell ends, and no later message gives it another.",
		remedy: "Nothing to do; a pod that is created again has a new uid.",
	},
	WaitingForTurn: {
		seen: "wait",
		meaning:
			"EC2 takes so many launches a second; the pod has its turn at the time that the message names. Waiting for it costs the pod none of its time.",
		remedy:
			"Nothing to do. If pods wait too long, ask AWS for higher RunInstances rates, and raise launch.callsPerSecond and launch.instancesPerSecond.",
	},
	BeingLaunched: {
		seen: "wait",
		meaning:
			"Another worker is asking EC2 for this pod's cell; the pod's message looks again in ten seconds.",
		remedy: "Nothing to do: if that worker died, its plan is repeated.",
	},
	LimitReached: {
		seen: "wait",
		meaning:
			"One more cell would exceed limits.cells or limits.hourlyUsd; the pod waits until its time is over.",
		remedy:
			"Delete pods that aren't needed, raise the limit in provider.yaml, or let pods wait longer with cells.capacityTimeoutSeconds.",
	},
	InstanceNotShown: {
		seen: "wait",
		meaning:
			"An instance is to be ended that EC2 doesn't know yet, because it has just been launched. Until it is ended, the pod gets no other one.",
		remedy: "Nothing to do: it is tried again.",
	},
	GroupParted: {
		seen: "wait",
		meaning:
			"Replicas were to be launched together, and a worker died before all of them had the plan, or wrote down what became of it.",
		remedy:
			"Nothing to do: each is looked for at EC2 for some minutes, and then planned for by itself.",
	},
	PartlyFilled: {
		seen: "wait",
		meaning:
			"EC2 gave fewer instances than a workload's replicas asked for together; the others go on with their next attempt.",
		remedy: "Nothing to do: see NoCapacity if it lasts.",
	},
	NoCapacity: {
		seen: "wait",
		meaning:
			"Something fits, but EC2 refused all of it lately, or no subnet has two free addresses.",
		remedy:
			"The message lists the refusals. Allow more: types, zones and subnets, cells.spot.fallback; raise a quota; or wait longer with cells.capacityTimeoutSeconds.",
	},
	OutOfTime: {
		seen: "wait",
		meaning: "A run of launch ended before the pod had its instance; the next one goes on.",
		remedy: "Nothing to do, unless it repeats: look at what took so long in the log of launch.",
	},
	TurnsContended: {
		seen: "wait",
		meaning: "Many workers took their turn at EC2 at one moment; one of them gave up asking.",
		remedy: "Nothing to do: the pod asks again two seconds later.",
	},
	LimitsContended: {
		seen: "wait",
		meaning:
			"Many workers took or gave back shares of the limits at one moment; one of them gave up asking.",
		remedy: "Nothing to do: it is tried again two seconds later.",
	},
	SetAsideContended: {
		seen: "wait",
		meaning: "Many workers wrote what EC2 had refused at one moment; one of them gave up telling.",
		remedy: "Nothing to do: the pod keeps its own refusals, and another worker's entry stands.",
	},
	ManyRefusals: {
		seen: "wait",
		meaning:
			"EC2 refused one pod many times within one run of launch, which goes on a little later.",
		remedy: "Nothing to do, unless it lasts: see NoCapacity.",
	},
	NotReadyYet: {
		seen: "wait",
		meaning: "A cell is still booting; its check comes back.",
		remedy: "Nothing to do: it ends in Ready or in BootTimeout.",
	},
	RecordChanged: {
		seen: "wait",
		meaning: "Two workers changed one record at the same moment; the first one counts.",
		remedy: "Nothing to do: the second goes on from the new record.",
	},
	IncompleteAnswer: {
		seen: "wait",
		meaning:
			"EC2 described an instance without a part that every cell has, such as its second address.",
		remedy:
			"Nothing to do at first: it is asked again. If it lasts, look at the instance that the message names.",
	},
	ImageLookupFailed: {
		seen: "wait",
		meaning: "EC2 couldn't be asked for boot images at the moment, and none is cached.",
		remedy: "Nothing to do: it is asked again.",
	},
	ImageParameterLookupFailed: {
		seen: "wait",
		meaning: "SSM couldn't be asked for the image's parameter, and no image is cached.",
		remedy: "Nothing to do: it is asked again.",
	},
	EventsNotTaken: {
		seen: "wait",
		meaning: "The event bus refused status events; the stream brings them again.",
		remedy: "If it lasts, check that the bus exists, its policy, and PutEvents' quota.",
	},
	UnknownRefusal: {
		seen: "function",
		meaning:
			"EC2 refused a launch with a code that nobody has classified; the same request is repeated until the pod's time is over.",
		remedy:
			"The message holds EC2's code and words: act on them. Report it, so that the code gets its place in shared/instances/refusals.ts.",
	},
	NoImage: {
		seen: "function",
		meaning: "No available image matches the spec for the architecture that was chosen.",
		remedy:
			"Correct cells.bootImageSpecs; check that the image is shared with this account in this region.",
	},
	ImageParameterUnusable: {
		seen: "function",
		meaning:
			"A boot image spec names a public SSM parameter that doesn't exist or holds no image id.",
		remedy: "Correct the parameter that the message names, in the boot image spec.",
	},
	ImageParameterRefused: {
		seen: "function",
		meaning: "SSM refuses to read the parameter that a boot image spec names.",
		remedy: "Allow the role ssm:GetParameters on arn:aws:ssm:REGION::parameter/aws/service/*.",
	},
	ImageLookupRefused: {
		seen: "function",
		meaning:
			"EC2 refuses to look for boot images: a permission, or a spec that it doesn't understand.",
		remedy: "Allow launch's role ec2:DescribeImages; correct cells.bootImageSpecs.",
	},
	UnknownSubnet: {
		seen: "function",
		meaning: "EC2 doesn't know one of the subnets in provider.yaml.",
		remedy:
			"Correct cloud.aws.subnetIDs: ids of the account and region in which the functions run.",
	},
	TooManyZones: {
		seen: "function",
		meaning: "The configured subnets are in more zones than can be told apart.",
		remedy: "Remove subnets from cloud.aws.subnetIDs.",
	},
	UserDataTooLarge: {
		seen: "function",
		meaning: "A cell's user data exceeds EC2's 16,384 bytes, even compressed.",
		remedy: "Shorten cells.cloudInitFile; the message lists the size of each part.",
	},
	BrokenCatalogue: {
		seen: "function",
		meaning: "The catalogue of instance types can't be read.",
		remedy: "Deploy again from a clean checkout, or make the snapshot anew.",
	},
	MarketRefused: {
		seen: "function",
		meaning: "AWS refuses to say what the region sells, or what it costs.",
		remedy:
			"Allow market's role the permission that the message names; the old catalogue stays meanwhile.",
	},
	MarketUnavailable: {
		seen: "function",
		meaning: "AWS can't say at the moment what the region sells, or what it costs.",
		remedy:
			"Nothing to do: the next run of market asks again, and the old catalogue stays meanwhile.",
	},
	PriceListUnreadable: {
		seen: "function",
		meaning: "AWS's price list has a form that this version doesn't read.",
		remedy: "Look for a newer version; the old catalogue stays meanwhile.",
	},
	CatalogueImplausible: {
		seen: "function",
		meaning: "AWS's answers make a catalogue that has lost more than half of its instance types.",
		remedy:
			"Run market again; if the region really sells so few now, delete the item that the message names.",
	},
	CatalogueTooLarge: {
		seen: "function",
		meaning: "The catalogue doesn't fit into one item of DynamoDB.",
		remedy: "Report it; launches go on with the catalogue that is stored.",
	},
	CatalogueUnreadable: {
		seen: "function",
		meaning:
			"The stored catalogue is torn, or another version wrote it; launches use the packaged one.",
		remedy: "Run market; or deploy the version that wrote it.",
	},
	AuthorityMissing: {
		seen: "function",
		meaning: "There is no certificate authority in its SSM parameter.",
		remedy:
			"Deploy, or start locally: that makes one. Restore the parameter if cells run that it made.",
	},
	AuthorityDenied: {
		seen: "function",
		meaning: "The function may not use the authority's SSM parameter.",
		remedy: "Allow its role ssm:GetParameters on the parameters, and the use of their KMS key.",
	},
	AuthorityUnreadable: {
		seen: "function",
		meaning: "An SSM parameter of the authorities holds something else.",
		remedy: "Restore the parameter that the message names from its history, or from a copy.",
	},
	AuthorityUnusable: {
		seen: "function",
		meaning: "The certificate authority can't issue: expired, or its parts don't belong together.",
		remedy:
			"Restore the parameter, or make a new authority; running cells keep their certificates.",
	},
	AuthorityTooLarge: {
		seen: "function",
		meaning: "The authority doesn't fit into a standard SSM parameter.",
		remedy: "Use a smaller RSA key.",
	},
	AuthorityUnknown: {
		seen: "function",
		meaning: "A plan names an authority that is no longer there: it was retired or deleted.",
		remedy: "Restore its parameter if cells run that it made; a new plan names the current one.",
	},
	AuthoritiesChanged: {
		seen: "start",
		meaning: "Two people changed the authorities at one moment; the other's change stands.",
		remedy: "Look at `npx cellwright authority`, and go on from there.",
	},
	TooManyAuthorities: {
		seen: "start",
		meaning: "Each authority takes room in every cell's user data, and there is none for another.",
		remedy: "Retire the earlier ones whose cells have ended.",
	},
	AuthorityNotSettled: {
		seen: "start",
		meaning: "The last step of a rotation is so fresh that a function may not know of it yet.",
		remedy: "Repeat the command at the time that it names.",
	},
	AuthorityInUse: {
		seen: "start",
		meaning: "Living cells were made by this authority; readiness can't ask them without it.",
		remedy: "Retire it when they have ended; `npx cellwright authority` counts them.",
	},
	AuthorityNotRetirable: {
		seen: "start",
		meaning: "There is no such authority, or it is the one that signs.",
		remedy:
			"Name an earlier one of `npx cellwright authority`; rotate first, where it still signs.",
	},
	NoClientCertificate: {
		seen: "function",
		meaning: "Readiness has no client certificate, or only an expired one: it can't ask any cell.",
		remedy: "Run the function renewal, and look at why its schedule didn't.",
	},
	ClientCredentialsUnreadable: {
		seen: "function",
		meaning: "The item that holds the controller's client certificate holds something else.",
		remedy: "Delete the item and run the function renewal.",
	},
	ClientCredentialsUnusable: {
		seen: "function",
		meaning: "The controller's client certificate and key can't be used for TLS.",
		remedy: "Run the function renewal.",
	},
	InternalError: {
		seen: "function",
		meaning:
			"A failure that nobody has studied yet; the message or the log holds the error itself.",
		remedy: "Look at the log of the function. Report it: each such error gets a reason of its own.",
	},
	UnreadableMessage: {
		seen: "message",
		meaning:
			"A message to pod-scheduled doesn't say whose pod it is, so nobody could be told; or one to pod-deleted is wrong.",
		remedy: "Correct its sender by the attribute faults, and send it again.",
	},
	ReceivedTooOften: {
		seen: "message",
		meaning:
			"A message without a reason of its own among the dead letters: SQS moved it there after a function had failed at it a thousand times.",
		remedy:
			"Look at the errors in the function's log; once they are put right, `npx cellwright dead-letters redrive`.",
	},
	InvalidCellCheck: {
		seen: "message",
		meaning: "A message in the queue of cell checks isn't one.",
		remedy: "Only launch writes to this queue: find out who else does.",
	},
	InvalidConfig: {
		seen: "start",
		meaning: "provider.yaml, or the cloud-init file that it names, has faults.",
		remedy: "Correct every fault that is listed; see docs/provider.md.",
	},
	WrongRegion: {
		seen: "start",
		meaning: "A function runs in another region than the one that it was packaged for.",
		remedy: "Package it again for the region that it runs in.",
	},
	InvalidCloudInit: {
		seen: "start",
		meaning: "Our files can't be merged into the cloud-init file.",
		remedy: "Correct every fault that is listed; see docs/cells-and-images.md.",
	},
	InvalidImageSpec: {
		seen: "start",
		meaning: "A boot image spec's filters aren't name=value items.",
		remedy: "Correct every fault that is listed; see docs/cells-and-images.md.",
	},
	InvalidDeployment: {
		seen: "start",
		meaning: "The stage, or a setting of the deployment, has faults; nothing was deployed.",
		remedy: "Correct every fault that is listed; see docs/deploy.md.",
	},
	AlreadyPackaging: {
		seen: "start",
		meaning: "Another process packages or deploys from this folder; nothing was deployed.",
		remedy: "Wait until it has ended, or use another checkout.",
	},
	BundleTooLarge: {
		seen: "start",
		meaning: "A function's bundle has grown beyond its budget; nothing was deployed.",
		remedy:
			"Find what has come into it; see docs/adr/0007-bundles.md. Budgets are in infra/deploy/packages.ts.",
	},
	AnswerNotTaken: {
		seen: "function",
		meaning:
			"CloudFormation didn't take the answer of found-authority; it waits two minutes, and then fails the deployment.",
		remedy: "Deploy again; an authority that was made meanwhile is kept.",
	},
	InvalidEnvironment: {
		seen: "start",
		meaning: "A function's environment variables are missing or wrong.",
		remedy: "Deploy again: the deployment sets all of them.",
	},
	InvalidOption: {
		seen: "start",
		meaning: "An option of the command line is wrong.",
		remedy: "The message says what it must be; `npx cellwright --help` lists all.",
	},
	InvalidArgument: {
		seen: "start",
		meaning: "A program has called one of the library's functions with what its types don't allow.",
		remedy: "Correct every fault that is listed; nothing was sent.",
	},
	InvalidManifest: {
		seen: "start",
		meaning: "A file that was to be launched holds something else than pods or what makes them.",
		remedy: "Correct every fault that is listed; nothing was sent.",
	},
	PackagesMissing: {
		seen: "start",
		meaning: "Packages that only the stack on this machine needs aren't installed.",
		remedy: "Install them with the command that the message gives, or without --omit=optional.",
	},
	NoCredentials: {
		seen: "start",
		meaning:
			"A command was about an AWS account, because no stack runs in this folder, and nobody is signed in.",
		remedy: "`npx cellwright up` for a stack on this machine; or sign in, or set AWS_PROFILE.",
	},
	NoRegion: {
		seen: "start",
		meaning:
			"A command was about an AWS account, because no stack runs in this folder, and no region is set.",
		remedy: "`npx cellwright up` for a stack on this machine; or `--region`, or AWS_REGION.",
	},
	NoSuchDeployment: {
		seen: "start",
		meaning: "A table, queue or parameter of the deployment that was looked for isn't there.",
		remedy:
			"The message says where was looked; `--deployment` and `--region` name another, `npx cellwright doctor` looks at all of it.",
	},
	AccessDenied: {
		seen: "start",
		meaning: "The credentials of who typed the command may not use what it needs.",
		remedy:
			"Other credentials (AWS_PROFILE), or a permission; `npx cellwright doctor` shows what they may.",
	},
	WrongCredentials: {
		seen: "start",
		meaning:
			"AWS doesn't accept the credentials: they have expired, or are of another account or partition.",
		remedy: "Sign in again, and see that AWS_PROFILE names the account that you mean.",
	},
	OutOfReach: {
		seen: "start",
		meaning: "A command has no answer from where it looked.",
		remedy:
			"See that the stack still runs, that the network is there, and that `--endpoint` and `--region` are right.",
	},
	UnknownSchema: {
		seen: "start",
		meaning: "There is no published JSON Schema of this name.",
		remedy: "`npx cellwright schema` lists them.",
	},
	UnknownPod: {
		seen: "start",
		meaning:
			"A pod that was to be explained or deleted has no record; to be explained, it isn't a file either.",
		remedy:
			"Name it as namespace/name or by its uid; records of pods that ended are kept for a week.",
	},
	QueueUnreachable: {
		seen: "start",
		meaning: "A program that uses the library couldn't reach the queue of its messages.",
		remedy: "Check the deployment's name, the region, credentials and endpoint.",
	},
	PodsNotSent: {
		seen: "start",
		meaning:
			"The queue has not taken all messages; the error names those that it has and those that it hasn't.",
		remedy: "Send the others again, with the same uids: what may have arrived does no harm twice.",
	},
	TableUnreachable: {
		seen: "start",
		meaning: "A program that uses the library couldn't read the table of cells.",
		remedy: "Check the deployment's name, the region, credentials and endpoint.",
	},
	RecordUnreadable: {
		seen: "start",
		meaning:
			"The library has found the record of a cell that a newer version of Cellwright has written.",
		remedy: "Install the version that the deployment has.",
	},
} as const satisfies Record<string, ReasonEntry>;

type ReasonEntry = Readonly<{
	seen: "pod" | "loss" | "condition" | "wait" | "function" | "message" | "start";
	meaning: string;
	/** What its reader can do. */
	remedy: string;
}>;
