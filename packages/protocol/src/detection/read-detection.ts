import { isShowable } from '../http/fields.ts';
import { readBarcode } from './barcode.ts';
import {
  detectedConditions,
  detectedTextLimits,
  maxDetectedBarcodes,
  maxDetectedItems,
  maxDetectedTags,
  type Box,
  type DetectedItem,
  type DetectionHints,
} from './detection.ts';

/**
 * The items of a model's answer, each made to fit: what is missing is empty, what is too long is cut, what makes no sense is left out.
 * Undefined when the text is no JSON object with a list of items. Never throws; what it returns can be shown as it stands.
 */
export function readDetection(text: string, { currency = 'EUR' }: Pick<DetectionHints, 'currency'>): readonly DetectedItem[] | undefined {
  const answer = parsed(text);
  const list = isRecord(answer) ? answer['items'] : undefined;
  if (!Array.isArray(list)) return undefined;
  return list
    .slice(0, maxDetectedItems)
    .map((one) => readItem(one, currency))
    .filter((one) => one !== undefined);
}

/** How sure a detector is of a whole picture: the mean of its items, 0 without any. */
export const confidenceOf = (items: readonly DetectedItem[]): number =>
  items.length === 0 ? 0 : Math.round((items.reduce((sum, { confidence }) => sum + confidence, 0) / items.length) * 1000) / 1000;

/** Some models wrap JSON in a fence although they were told not to. */
function parsed(text: string): unknown {
  const inner = /^\s*```(?:json)?\s*([\s\S]*?)\s*```\s*$/.exec(text)?.[1] ?? text;
  try {
    return JSON.parse(inner);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readItem(value: unknown, currency: string): DetectedItem | undefined {
  if (!isRecord(value)) return undefined;
  const name = readText(value['name'], detectedTextLimits.name);
  if (name === '') return undefined;
  const condition = readText(value['condition'], 50).toLowerCase();
  const named = typeof value['currency'] === 'string' ? value['currency'].toUpperCase() : '';
  return {
    name,
    type: readText(value['type'], detectedTextLimits.type),
    series: readText(value['series'], detectedTextLimits.series),
    condition: detectedConditions.includes(condition) ? condition : '',
    description: readText(value['description'], detectedTextLimits.description),
    estimatedValue: readAmount(value['estimatedValue']),
    currency: /^[A-Z]{3}$/.test(named) ? named : currency,
    tags: readTags(value['tags']),
    barcodes: readBarcodes(value['barcodes']),
    text: readText(value['text'], detectedTextLimits.text),
    confidence: readConfidence(value['confidence']),
    box: readBox(value['box']),
  };
}

/** Characters that take no room: a text of them looks like none. Joiners, which make letters and emoji, are not among them. */
const unseen: ReadonlySet<string> = new Set(['\u200B', '\u2060', '\uFEFF', '\u00AD']);

/** One line without what cannot be shown, cut between characters. */
export function readText(value: unknown, most: number): string {
  if (typeof value !== 'string') return '';
  // A long answer is cut before it is looked at character by character.
  const line = Array.from(value.slice(0, most * 4))
    .map((character) => (isShowable(character) && !unseen.has(character) ? character : ' '))
    .join('');
  let cut = line.replaceAll(/\s+/gu, ' ').trim();
  if (cut.length > most)
    cut = cut
      .slice(0, most)
      .replace(/[\uD800-\uDBFF]$/, '')
      .trim();
  return cut;
}

/** Tags that can be shown, each once. */
export function readTags(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const tags = value.slice(0, maxDetectedTags * 2).map((tag) => readText(tag, detectedTextLimits.tag));
  return [...new Set(tags.filter((tag) => tag !== ''))].slice(0, maxDetectedTags);
}

/** Barcodes that were read right, each once. */
export function readBarcodes(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  const barcodes = value
    .slice(0, maxDetectedBarcodes * 4)
    .map(readBarcode)
    .filter((one) => one !== undefined);
  return [...new Set(barcodes)].slice(0, maxDetectedBarcodes);
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

/** An amount of money, null when it makes no sense. */
export const readAmount = (value: unknown): number | null =>
  isNumber(value) && value >= 0 && value <= 1e9 ? Math.round(value * 100) / 100 : null;

/** Some models answer in percent. */
function readConfidence(value: unknown): number {
  if (!isNumber(value) || value <= 0) return 0;
  return value <= 1 ? value : value <= 100 ? value / 100 : 0;
}

/** `[top, left, bottom, right]` in thousandths, whichever corner came first. */
function readBox(value: unknown): Box | null {
  if (!Array.isArray(value) || value.length !== 4 || !value.every(isNumber)) return null;
  const [top = 0, left = 0, bottom = 0, right = 0] = value.map((edge) => Math.min(1000, Math.max(0, edge)));
  const box = {
    x: Math.min(left, right) / 1000,
    y: Math.min(top, bottom) / 1000,
    width: Math.abs(right - left) / 1000,
    height: Math.abs(bottom - top) / 1000,
  };
  return box.width >= 0.005 && box.height >= 0.005 ? box : null;
}
