/** States in which an instance is, or will be, somebody's machine. */
export const livingStates = ["pending", "running", "stopping", "stopped"];
