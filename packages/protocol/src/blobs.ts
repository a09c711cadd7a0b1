/** Names bytes: the SHA-256 of what a device gave, as 64 lower-case hex digits. */
export type BlobHash = string & { readonly __blobHash: never };

/** What a {@link BlobHash} looks like. */
export const blobHashPattern: RegExp = /^[0-9a-f]{64}$/;

/** True for a text that can name a blob. */
export const isBlobHash = (value: unknown): value is BlobHash => typeof value === 'string' && blobHashPattern.test(value);

/** Bytes of the largest photo or file. */
export const maxBlobBytes: number = 25 * 1024 * 1024;
