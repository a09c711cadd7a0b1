/** What a collection or item can be called out of the box; anything else may be typed. */
export const kinds: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'household', label: 'Household' },
  { value: 'trading-cards', label: 'Trading cards' },
  { value: 'action-figures', label: 'Action figures' },
  { value: 'plushies', label: 'Plushies' },
  { value: 'comics', label: 'Comics' },
  { value: 'games', label: 'Games' },
  { value: 'books', label: 'Books' },
  { value: 'music', label: 'Music' },
  { value: 'tools', label: 'Tools' },
  { value: 'other', label: 'Something else' },
];

/** The label of a kind, or the text itself when a person typed their own. */
export const kindLabel = (value: string): string => kinds.find((kind) => kind.value === value)?.label ?? value;

export const conditions: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'mint', label: 'Mint' },
  { value: 'near-mint', label: 'Near mint' },
  { value: 'excellent', label: 'Excellent' },
  { value: 'good', label: 'Good' },
  { value: 'fair', label: 'Fair' },
  { value: 'poor', label: 'Poor' },
  { value: 'damaged', label: 'Damaged' },
];

export const conditionLabel = (value: string): string => conditions.find((condition) => condition.value === value)?.label ?? value;
