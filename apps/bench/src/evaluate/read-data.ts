import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import type { BlobHash } from '@cacaw/protocol';
import { lastReviews, type Lesson } from '@cacaw/protocol/detection';
import { check, lessonField } from '@cacaw/protocol/http';

/** A photo and what people decided about it the last time. */
export interface JudgedPhoto {
  readonly hash: BlobHash;
  readonly bytes: Uint8Array;
  readonly lessons: readonly Lesson[];
}

type ReadFile = (path: string) => Uint8Array | undefined;

/** The judged photos of an export of lessons, as the zip it came as or unpacked. What has no picture is left out. */
export function readJudged(path: string): readonly JudgedPhoto[] {
  const file = statSync(path).isDirectory() ? folderOf(path) : zipOf(path);
  const list = file('lessons.jsonl');
  if (list === undefined)
    throw new Error(`There is no lessons.jsonl in ${path}: name a download of lessons, or the folder it was unpacked to.`);
  const lessons = new TextDecoder()
    .decode(list)
    .split('\n')
    .flatMap((line, at) => (line === '' ? [] : [lessonOf(line, at + 1)]));
  return [...lastReviews(lessons)].flatMap(([hash, judged]) => {
    const bytes = file(`images/${hash}.webp`);
    return bytes === undefined ? [] : [{ hash, bytes, lessons: judged }];
  });
}

function lessonOf(line: string, number: number): Lesson {
  const checked = check(lessonField, JSON.parse(line));
  if (!checked.ok) throw new Error(`Line ${number} of lessons.jsonl is no lesson: ${checked.mistakes.join('; ')}.`);
  return checked.value;
}

const folderOf =
  (folder: string): ReadFile =>
  (path) =>
    existsSync(join(folder, path)) ? readFileSync(join(folder, path)) : undefined;

function zipOf(path: string): ReadFile {
  const files = unzipSync(readFileSync(path));
  return (name) => files[name];
}
