import type { Correction } from './corrections.ts';

/** A part of a picture, in fractions of its width and height from the top left corner. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What a detector thinks stands in a picture: a suggestion, never an item before a person has taken it over. */
export interface DetectedItem {
  readonly name: string;
  readonly type: string;
  readonly series: string;
  /** One of {@link detectedConditions}, or `''`. */
  readonly condition: string;
  readonly description: string;
  /** In whole units of `currency`; null when the detector dares no guess. */
  readonly estimatedValue: number | null;
  /** Three letters of ISO 4217. */
  readonly currency: string;
  readonly tags: readonly string[];
  /** What its barcodes say: numbers whose check digit is right, and codes of other kinds; never an address. */
  readonly barcodes: readonly string[];
  /** What was read on it, word for word; only by detectors that do nothing but read. */
  readonly text: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Where in the picture; null when the detector cannot say. */
  readonly box: Box | null;
}

/** A thing of which nothing is said: what a person adds begins so. */
export const nothingSaid: DetectedItem = {
  name: '',
  type: '',
  series: '',
  condition: '',
  description: '',
  estimatedValue: null,
  currency: '',
  tags: [],
  barcodes: [],
  text: '',
  confidence: 0,
  box: null,
};

/** Conditions a detector may name, best first. */
export const detectedConditions: readonly string[] = ['mint', 'near-mint', 'excellent', 'good', 'fair', 'poor', 'damaged'];

/** Items one picture may hold; what a detector names beyond is left out. */
export const maxDetectedItems: number = 60;

/** Characters each text may have, as an item's fields allow them. */
export const detectedTextLimits: {
  readonly [field in 'name' | 'type' | 'series' | 'description' | 'tag' | 'barcode' | 'text']: number;
} = { name: 200, type: 50, series: 100, description: 1000, tag: 50, barcode: 80, text: 2000 };

/** Tags one item may have. */
export const maxDetectedTags: number = 20;

/** Barcodes one item may have. */
export const maxDetectedBarcodes: number = 5;

/** What a picture is looked at with. Everything but the collection's type may be left out. */
export interface DetectionHints {
  /** The collection's type as its owner wrote it. */
  readonly collectionType: string;
  /** What the person adds, such as a correction: "the brand is Sony". */
  readonly prompt?: string | undefined;
  /** BCP 47 language of names and descriptions; English unless told. */
  readonly language?: string | undefined;
  /** Currency of estimates; EUR unless told. */
  readonly currency?: string | undefined;
  /** What people of the collection corrected before; whoever asks a detector adds them, no request carries them. */
  readonly corrections?: readonly Correction[] | undefined;
  /** Tokens an answer may have at most, thinking included, where that is less than a detector allows itself; whoever pays adds it, no request carries it. */
  readonly mostOutputTokens?: number | undefined;
}
