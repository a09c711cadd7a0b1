/** Languages whose data is served with everything else, as its files name them. */
export type TextLanguage = 'eng' | 'deu';

/** What texts are read as, by the language of whoever asks: English always, as much of what is printed on things is, and theirs with it. */
export const languagesOf = (language: string | undefined): readonly TextLanguage[] =>
  /^de(?:-|$)/i.test(language ?? '') ? ['deu', 'eng'] : ['eng'];

/** Names a reader among models. */
export const readerModelOf = (language: string | undefined): string => `tesseract-${languagesOf(language).join('-')}+zxing`;

/** Every name a reader goes by. */
export const readerModels: readonly string[] = ['en', 'de'].map(readerModelOf);
