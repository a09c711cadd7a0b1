export {
  detectedConditions,
  detectedTextLimits,
  maxDetectedItems,
  maxDetectedTags,
  type Box,
  type DetectedItem,
  type DetectionHints,
} from './detection.ts';
export { answerSchema, detectionPrompt, promptVersion } from './prompt.ts';
export { confidenceOf, readDetection } from './read-detection.ts';
