import { boxOfLesson, detectedConditions, detectionPrompt, type Box, type Lesson } from '@cacaw/protocol/detection';
import { imagePath, type LessonPhoto } from './coco.ts';

/** The bucket a person puts the pictures into. */
export const bucketPlaceholder = 'gs://YOUR-BUCKET';

/**
 * One line of Gemini's supervised tuning: a picture, the instruction it comes with, and the answer it should have had
 * (https://cloud.google.com/vertex-ai/generative-ai/docs/models/tune_gemini/image_tune). Undefined when nothing of the picture was saved.
 */
export function tuningLineOf({ hash, lessons }: LessonPhoto): string | undefined {
  const [first] = lessons;
  const saved = lessons.filter(({ final }) => final !== null);
  if (first === undefined || saved.length === 0) return undefined;
  const picture = { fileData: { mimeType: 'image/webp', fileUri: `${bucketPlaceholder}/${imagePath(hash)}` } };
  const currency = saved.find(({ final }) => final?.currency !== '')?.final?.currency;
  const instruction = { text: detectionPrompt({ collectionType: first.collectionType, currency }) };
  const answer = { text: JSON.stringify({ items: saved.map(answerOf) }) };
  return JSON.stringify({
    contents: [
      { role: 'user', parts: [picture, instruction] },
      { role: 'model', parts: [answer] },
    ],
  });
}

/** A thing as the answer's schema has it. */
function answerOf(lesson: Lesson): object {
  const [box, { final }] = [boxOfLesson(lesson), lesson];
  const condition = final?.condition ?? '';
  return {
    ...final,
    condition: detectedConditions.includes(condition) ? condition : 'unknown',
    confidence: 1,
    box: box === null ? [] : edgesOf(box),
  };
}

/** `[top, left, bottom, right]` in thousandths. */
const edgesOf = ({ x, y, width, height }: Box): readonly number[] =>
  [y, x, y + height, x + width].map((edge) => Math.min(1000, Math.round(edge * 1000)));
