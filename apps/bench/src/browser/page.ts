// Everything a scenario can ask of a page, reached by name through Playwright.
import { arrive } from './arriving.ts';
import { clock, join, timeEcho, timeKept, timeSynced, watchEdits, whatWasSeen } from './editing.ts';
import { openBare, openCollection } from './opening.ts';
import { fill } from './filling.ts';
import { timeSearch } from './searching.ts';
import { fillOneDocument, openOneDocument } from './one-document.ts';

const bench = {
  arrive,
  timeSearch,
  clock,
  join,
  timeEcho,
  timeKept,
  timeSynced,
  watchEdits,
  whatWasSeen,
  fill,
  openCollection,
  openBare,
  fillOneDocument,
  openOneDocument,
};

/** What a scenario may call in a page. */
export type Bench = typeof bench;

Object.assign(globalThis, { bench });
