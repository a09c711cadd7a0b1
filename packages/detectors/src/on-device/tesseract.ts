import tesseract, { type Page, type Worker } from 'tesseract.js';
import type { Grey } from './grey.ts';
import type { TextLanguage } from './languages.ts';
import type { Word } from './lines.ts';
import type { Layout, Recognise } from './read-text.ts';

/** Where the parts of tesseract lie. In Node only the languages have to be named; a browser asks nobody else for any of them. */
export interface TextProgram {
  /** The address of the folder of each `<language>.traineddata.gz`, or what reads one. */
  readonly languages: string | ((language: TextLanguage) => Promise<Uint8Array>);
  /** Addresses of the worker's script and of the folder of the `*-lstm.wasm.js` cores. */
  readonly browser?: { readonly worker: string; readonly cores: string } | undefined;
}

/** A reader that has loaded everything. */
export interface OpenedText {
  readonly recognise: Recognise;
  readonly close: () => Promise<void>;
}

const layouts: { readonly [layout in Layout]: tesseract.PSM } = { page: '3' as tesseract.PSM, scattered: '11' as tesseract.PSM };

/** Starts tesseract in a worker of its own, which ends with {@link OpenedText.close}. */
export async function openText({ languages: from, browser }: TextProgram, languages: readonly TextLanguage[]): Promise<OpenedText> {
  const { createWorker, OEM } = tesseract;
  // What goes wrong while it loads is told to the handler only.
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  const wanted =
    typeof from === 'string' ? [...languages] : await Promise.all(languages.map(async (code) => loadedLanguage(code, await from(code))));
  const opening = createWorker(wanted as string[] | tesseract.Lang[], OEM.LSTM_ONLY, {
    ...(typeof from === 'string' ? { langPath: from } : {}),
    cacheMethod: 'none',
    gzip: true,
    ...(browser === undefined ? {} : { workerPath: browser.worker, corePath: browser.cores, workerBlobURL: false }),
    errorHandler: (error: unknown) => reject(new Error(`Text cannot be read: ${String(error)}`)),
  });
  const worker = await Promise.race([opening, broken]);
  const died = deathOf(worker);
  died.catch(() => undefined);
  return {
    recognise: (grey, layout) => Promise.race([recogniseBy(worker, grey, layout), died]),
    close: async () => void (await worker.terminate()),
  };
}

/** The library reads `data` to load a language and once more, where it means `code`, to begin with it (7.0.0). */
function loadedLanguage(code: TextLanguage, bytes: Uint8Array): tesseract.Lang {
  let isLoaded = false;
  return {
    code,
    get data() {
      if (isLoaded) return code;
      isLoaded = true;
      return bytes;
    },
  };
}

/** The thread of a worker, in a browser or in Node; the library's types leave it out. */
type Thread =
  | { addEventListener(type: 'error', listener: (event: { readonly message?: string }) => void): void }
  | { on(type: 'error' | 'exit', listener: (reason: unknown) => void): void };

/** Rejects when the worker's thread dies: the library then waits for its answer for ever. */
function deathOf(worker: Worker): Promise<never> {
  const { worker: thread } = worker as unknown as { readonly worker: Thread };
  return new Promise((_, reject) => {
    const die = (reason: unknown): void => reject(new Error(`What reads text has died: ${String(reason)}`));
    if ('addEventListener' in thread) thread.addEventListener('error', ({ message }) => die(message));
    else for (const type of ['error', 'exit'] as const) thread.on(type, die);
  });
}

async function recogniseBy(worker: Worker, grey: Grey, layout: Layout): Promise<readonly Word[]> {
  await worker.setParameters({ tessedit_pageseg_mode: layouts[layout], user_defined_dpi: '150' });
  const { data } = await worker.recognize(asFile(grey) as Buffer, {}, { text: false, blocks: true });
  return wordsOf(data);
}

/** A portable grey map: the one format that is pixels and nothing else. */
function asFile({ data, width, height }: Grey): Uint8Array {
  const head = new TextEncoder().encode(`P5\n${width} ${height}\n255\n`);
  const file = new Uint8Array(head.length + data.length);
  file.set(head);
  file.set(data, head.length);
  return file;
}

const wordsOf = ({ blocks }: Page): readonly Word[] =>
  (blocks ?? [])
    .flatMap(({ paragraphs }) => paragraphs.flatMap(({ lines }) => lines.flatMap(({ words }) => words)))
    .map(({ text, confidence, bbox }) => ({
      text: text.trim(),
      confidence,
      part: { left: bbox.x0, top: bbox.y0, right: bbox.x1, bottom: bbox.y1 },
    }));
