import { languagesOf } from './languages.ts';
import { openReader, type Reader, type ReadingPrograms } from './reading.ts';

/** One reader, opened when it is first needed. */
export interface KeptReader {
  /** The reader for a language, in BCP 47; one for another language is closed before, as each takes the room of a few pictures. */
  open(language: string | undefined): Promise<Reader>;
  /** The next one is opened anew. */
  close(): Promise<void>;
}

/** Keeps one reader at a time. */
export function keepReader(programs: ReadingPrograms): KeptReader {
  let opened: { readonly name: string; readonly coming: Promise<Reader> } | undefined;
  let loaded: Reader | undefined;
  const close = async (): Promise<void> => {
    const [reader, late] = [loaded, opened?.coming];
    loaded = opened = undefined;
    // What is still being loaded may never be there, and nobody waits for it.
    if (reader === undefined) void late?.then((one) => one.close()).catch(() => undefined);
    else await reader.close();
  };
  const load = (language: string | undefined, name: string): Promise<Reader> => {
    const coming = openReader(programs, languagesOf(language)).then(
      (reader) => {
        if (opened?.coming === coming) loaded = reader;
        return reader;
      },
      (error: unknown) => {
        if (opened?.coming === coming) opened = undefined;
        throw error;
      },
    );
    opened = { name, coming };
    return coming;
  };
  return {
    async open(language) {
      const name = languagesOf(language).join();
      if (opened?.name === name) return opened.coming;
      await close();
      return load(language, name);
    },
    close,
  };
}
