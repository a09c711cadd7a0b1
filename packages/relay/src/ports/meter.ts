import type { DetectionFailure } from '@cacaw/detectors';
import type { LookupFailure, LookupSourceName } from '@cacaw/protocol/http';

/** What came of asking what a picture shows. `read`: the service did not look, what is written was read; `unknown`: only known answers were wanted. */
export type DetectionOutcome = 'charged' | 'cached' | 'read' | 'unknown' | 'failed';

/** Why a service did not look: as a detector fails, or as nothing is asked of it. */
export type MissedDetection = DetectionFailure | 'budget-set-aside' | 'account-budget' | 'relay-budget' | 'internal';

/** What came of a question to a source. */
export type LookupOutcome = 'answered' | LookupFailure['reason'];

/** One request that was answered, by the route it was declared as. */
export interface AnsweredRequest {
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/**
 * Counts what a relay does, for those who watch it. Everything it is told comes from a list of the relay's own: no account, no collection and no
 * text that anybody sent.
 */
export interface Meter {
  request(request: AnsweredRequest): void;
  /** A picture was asked about. */
  detectionAsked(): void;
  detection(outcome: DetectionOutcome): void;
  /** Why a service did not look, or nothing was asked of it. */
  detectionFailure(code: MissedDetection): void;
  lookup(source: LookupSourceName, outcome: LookupOutcome): void;
}

/** What is measured, as it is read by a program that watches. */
export interface Metrics extends Disposable {
  readonly meter: Meter;
  readonly contentType: string;
  text(): Promise<string>;
}
