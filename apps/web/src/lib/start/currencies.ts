const currencyByRegion: { readonly [region: string]: string } = {
  US: 'USD',
  GB: 'GBP',
  JP: 'JPY',
  CH: 'CHF',
  SE: 'SEK',
  NO: 'NOK',
  DK: 'DKK',
  PL: 'PLN',
  CZ: 'CZK',
  CA: 'CAD',
  AU: 'AUD',
  NZ: 'NZD',
  IN: 'INR',
  SG: 'SGD',
  CN: 'CNY',
  KR: 'KRW',
  BR: 'BRL',
  MX: 'MXN',
  ZA: 'ZAR',
};

/** The currency to offer first, from the browser's language region; EUR where it says nothing. */
export function likelyCurrency(languages: readonly string[]): string {
  for (const language of languages) {
    const region = /-([A-Z]{2})\b/.exec(language)?.[1];
    if (region) return currencyByRegion[region] ?? 'EUR';
  }
  return 'EUR';
}

/** Common currencies first, then every other one this browser knows. */
export function currencyChoices(): readonly string[] {
  const common = ['EUR', 'USD', 'GBP', 'JPY', 'CHF', 'CAD', 'AUD'];
  return [...common, ...Intl.supportedValuesOf('currency').filter((code) => !common.includes(code))];
}
