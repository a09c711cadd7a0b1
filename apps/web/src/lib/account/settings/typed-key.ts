/** The key of an authenticator app in groups of four, as one reads it while typing. */
export const typedKey = (key: string): string => key.replaceAll(/(.{4})(?=.)/g, '$1 ');
