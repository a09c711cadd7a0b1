/** Reads the code a thrown value carries, also after it has crossed a message port. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'unexpected';
}
