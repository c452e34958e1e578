/** Whether a text looks like an address with a user or a password in it; such a text is never shown. */
export const mayHoldPassword = (text: string): boolean => /\/\/.*@/.test(text);
