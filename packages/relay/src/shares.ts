/** Hands out parts of something there is only so much of, and to nobody more than their share. */
export interface Shares {
  /** Takes an amount for somebody; calling what it returns gives it back, once. Undefined: there is no more, or no more for them. */
  take(whose: string, amount?: number): (() => void) | undefined;
}

/** How much there is, and how much of it one may have at most. */
export interface SharesOptions {
  readonly most: number;
  readonly mostEach: number;
}

/** Shares nobody has taken of yet. */
export function createShares({ most, mostEach }: SharesOptions): Shares {
  const taken = new Map<string, number>();
  let sum = 0;
  const add = (whose: string, amount: number): void => {
    const theirs = (taken.get(whose) ?? 0) + amount;
    sum += amount;
    if (theirs === 0) taken.delete(whose);
    else taken.set(whose, theirs);
  };
  return {
    take(whose, amount = 1) {
      if (sum + amount > most || (taken.get(whose) ?? 0) + amount > mostEach) return undefined;
      add(whose, amount);
      let isGiven = false;
      return () => {
        if (!isGiven) add(whose, -amount);
        isGiven = true;
      };
    },
  };
}
