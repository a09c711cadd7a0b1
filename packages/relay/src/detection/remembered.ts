import type { Detector } from '@cacaw/detectors';
import type { Observer } from '../observer.ts';
import { maxKnownDetectors, type Lessons } from '../ports/lessons.ts';

/** Where names are made known. */
export interface Remembering {
  readonly lessons: Pick<Lessons, 'know'>;
  readonly observer: Pick<Observer, 'fault'>;
}

/** A service may call itself anything; what is no name of a model stands nowhere. */
const isName = (model: string): boolean => /^[\w.:/@+-]{1,100}$/.test(model);

/** The same detector; each model that answers is made known once, so that lessons about it are counted by its name. Nobody waits for that. */
export function remembered(detector: Detector, { lessons, observer }: Remembering): Detector {
  const known = new Set<string>();
  const note = (model: string): void => {
    if (known.has(model) || known.size >= maxKnownDetectors || !isName(model)) return;
    known.add(model);
    lessons.know({ source: detector.source, model }).catch((error: unknown) => {
      known.delete(model);
      observer.fault('what lessons about a detector are counted by was not noted; its next answer tries again', { error });
    });
  };
  return {
    ...detector,
    async detect(picture, hints, signal) {
      const detection = await detector.detect(picture, hints, signal);
      note(detection.model);
      return detection;
    },
  };
}
