export {
  DetectorError,
  type Detection,
  type DetectionFailure,
  type Detector,
  type Picture,
  type PictureType,
  type Tokens,
} from './detector.ts';
export { failed } from './failures.ts';
export { boundedFetch } from './bounded-fetch.ts';
export { defaultGeminiModel } from './gemini/model.ts';
export { retryAfterOf, unsaidWaitMs } from './retry-after.ts';
