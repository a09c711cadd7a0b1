declare global {
  /** Where the build put what reads text and barcodes on a device. */
  const __READING_PATH__: string;
  namespace App {
    interface Error {
      message: string;
    }
  }
}

export {};
