export {
  detectedConditions,
  detectedTextLimits,
  maxDetectedBarcodes,
  maxDetectedItems,
  maxDetectedTags,
  nothingSaid,
  type Box,
  type DetectedItem,
  type DetectionHints,
} from './detection.ts';
export { correctionsOf, maxCorrections, maxCorrectionsLength, type CorrectedFields, type Correction } from './corrections.ts';
export { readBarcode } from './barcode.ts';
export { overlapOf, sameThingFrom } from './overlap.ts';
export { answerSchema, collectionTypes, detectionPrompt, isPromptVersion, promptVersionOf } from './prompt.ts';
export {
  boxOfLesson,
  changedFields,
  isBlank,
  lastReviews,
  lessonBoxOf,
  lessonFields,
  lessonValuesOf,
  outcomeOf,
  type Lesson,
  type LessonField,
  type LessonId,
  type LessonOutcome,
  type LessonValues,
} from './lesson.ts';
export { lookCodes, type LookCode } from './look-codes.ts';
export { confidenceOf, readDetection, readText } from './read-detection.ts';
