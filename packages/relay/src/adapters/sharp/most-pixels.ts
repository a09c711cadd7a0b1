/** Pixels of the largest picture: 7071 × 7071. */
export const maxPixels: number = 50_000_000;
