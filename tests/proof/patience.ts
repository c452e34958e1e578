/** How many times as long as a quiet machine something may take before it counts as hanging: others may be at work. */
export const patience = 4;
