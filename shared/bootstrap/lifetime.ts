import { COLLECTION_STYLE, type MappingNode } from "js-yaml";
import { invalid } from "../errors.ts";
import { isNull, type OperatorDocument, readOperatorDocument } from "./operator-document.ts";

/** systemd's unit, and the name by which a person finds it on a machine. */
const unit = "cell-lifetime";

/**
 * The operator's document with a command before all others, with which a machine ends itself so long after its
 * boot. The document is changed.
 *
 * @throws ProvisionerError `invalid` `InvalidCloudInit` when its `runcmd` is no list.
 */
export function withLifetime(
	operator: OperatorDocument | undefined,
	maxLifetimeSeconds: number,
): MappingNode | undefined {
	const ours = readOperatorDocument(lifetimeCloudConfig(maxLifetimeSeconds)).document?.root;
	const command = ours?.items[0]?.value;
	if (operator === undefined || ours === undefined || command?.kind !== "sequence") return ours;
	const { root, resolved } = operator;
	const standing = root.items.find(({ key }) => key.kind === "scalar" && key.value === "runcmd");
	const list = standing === undefined ? undefined : resolved(standing.value);
	if (standing === undefined) root.items.push(...ours.items);
	else if (list === undefined || isNull(list)) standing.value = command;
	else if (list.kind === "sequence") {
		// Also where an alias shares the list: what else it stands for are commands as well, and twice is harmless.
		list.items.unshift(...command.items);
		list.style = COLLECTION_STYLE.BLOCK;
	} else {
		const problem = "must be a list of commands: cells.maxLifetime adds one";
		throw invalid("InvalidCloudInit", [{ path: "runcmd", problem }]);
	}
	return root;
}

/**
 * A cloud-config of one command, with which a machine ends itself so long after its boot.
 *
 * One text for every image, whosever cloud-init runs it. Where there is systemd, it is a timer of its own: no
 * process that could be killed, and it counts again after a restart of the machine. Elsewhere (Alpine) a process
 * looks at the machine's uptime; it must let go of cloud-init's output, which is read until everybody has.
 * The instance's shutdown behaviour makes an end of it.
 *
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.timer.html
 */
const lifetimeCloudConfig = (seconds: number): string => `runcmd:
- |
  # cells.maxLifetime: this machine ends itself ${seconds} s after its boot.
  if [ -d /run/systemd/system ]; then
    printf '[Timer]\\nOnBootSec=${seconds}\\nUnit=poweroff.target\\n[Install]\\nWantedBy=timers.target\\n' > /etc/systemd/system/${unit}.timer
    systemctl enable ${unit}.timer && systemctl start --no-block ${unit}.timer
  else
    setsid sh -c 'until [ "$(cut -d. -f1 /proc/uptime)" -ge ${seconds} ]; do sleep 10; done; while :; do poweroff; sleep 60; done' < /dev/null > /dev/null 2>&1 &
  fi
`;
