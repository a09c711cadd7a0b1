declare module 'heic-decode' {
  /** One of the pictures in a file, not decoded yet. */
  export interface HeicImage {
    readonly width: number;
    readonly height: number;
    decode(): Promise<{ readonly data: Uint8ClampedArray; readonly width: number; readonly height: number }>;
  }
  export function all(options: { readonly buffer: Uint8Array }): Promise<readonly HeicImage[] & { dispose(): void }>;
}
