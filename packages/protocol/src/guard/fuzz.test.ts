import { describe, expect, it } from 'vitest';
import { free, named, nowMs, schema } from '../../test/guarded.ts';
import { mutated } from '../../test/mutate.ts';
import { SeededRandom } from '../../test/random.ts';
import { contentOf, GuardedLog, holdsBack, Replica, replay } from '../../test/replicas.ts';
import { applied, encodeState, encodeVector, mergeUpdates, vectorOf } from '../../test/yjs-facts.ts';
import type { ParsedDocumentName } from '../document-name.ts';
import type { WriterId } from '../ids.ts';
import { guardStateOf, guardUpdate } from './guard.ts';
import type { GuardState } from './verdict.ts';

const seed = Number(process.env['FUZZ_SEED'] ?? process.env['CACAW_PROPERTY_SEED'] ?? 20_261_122);
const casesPerLane = Number(process.env['FUZZ_CASES'] ?? 12_000);
const rows = named('rows.abcdef.0');
const notes = named('notes.abcdef.0');

/** A honest update together with the log it was pushed onto. */
interface Sample {
  readonly before: readonly Uint8Array[];
  readonly state: GuardState;
  readonly bytes: Uint8Array;
  readonly by: WriterId | 'repair';
}

function editRows(replica: Replica, random: SeededRandom): void {
  if (random.below(3) === 0) replica.births(1 + random.below(3));
  else replica.write(random.below(40), { deleteFirst: random.below(2) === 0, alsoDelete: random.below(3) });
}

function editNotes(replica: Replica, random: SeededRandom): void {
  const text = replica.doc.getText(`n/row0000${random.below(3)}`);
  const at = random.below(text.length + 1);
  replica.change(() => {
    if (random.below(3) === 0) text.delete(at, Math.min(3, text.length - at));
    else text.insert(at, random.pick(['a', 'box', 'ü€', '🙂🙂']));
  });
}

/** Three devices at work on one document; every update they push becomes a sample, and some of what they hold a repair. */
function samplesOf(document: ParsedDocumentName, edit: typeof editRows, random: SeededRandom): readonly Sample[] {
  const log = new GuardedLog(document);
  const replicas = [new Replica(3), new Replica(70_000), new Replica(0xfffffff0)];
  const samples: Sample[] = [];
  for (let step = 0; step < 60; step += 1) {
    const replica = random.pick(replicas);
    if (random.below(2) === 0) replica.read(log.updates);
    edit(replica, random);
    if (step % 5 === 0)
      samples.push({
        before: [...log.updates],
        state: log.state,
        bytes: encodeState(replica.doc, encodeVector(log.state.stateVector)),
        by: 'repair',
      });
    for (const bytes of replica.pending.splice(0)) {
      samples.push({ before: [...log.updates], state: log.state, bytes, by: replica.writer });
      log.append(bytes, replica.writer);
    }
  }
  return samples;
}

/** What is wrong with an accepted update, or nothing: it must apply, hold nothing back and read the same after a reload. */
function damage(document: ParsedDocumentName, sample: Sample, bytes: Uint8Array, next: GuardState): readonly string[] {
  const live = replay([...sample.before, bytes]);
  const reloaded = applied([encodeState(live)]);
  const merged = applied([mergeUpdates([...sample.before, bytes])]);
  const found: string[] = [];
  if (holdsBack(live) || holdsBack(reloaded) || holdsBack(merged)) found.push('holds back');
  if (contentOf(reloaded) !== contentOf(live)) found.push('reloads differently');
  if (contentOf(merged) !== contentOf(live)) found.push('merges differently');
  const expected = JSON.stringify([...next.stateVector].filter(([, clock]) => clock > 0).sort(([a], [b]) => a - b));
  if (JSON.stringify(vectorOf(live)) !== expected) found.push('another state vector');
  if (guardStateOf(document, [encodeState(live)]) === undefined) found.push('snapshot unreadable');
  return found;
}

function fuzz(document: ParsedDocumentName, edit: typeof editRows): { readonly accepted: number; readonly damages: readonly string[] } {
  const random = new SeededRandom(seed);
  const damages: string[] = [];
  let accepted = 0;
  let samples: readonly Sample[] = [];
  for (let index = 0; index < casesPerLane; index += 1) {
    if (index % 2_000 === 0) samples = samplesOf(document, edit, random);
    const sample = random.pick(samples);
    const bytes = random.below(20) === 0 ? random.bytes(random.below(60)) : mutated(sample.bytes, random.pick(samples).bytes, random);
    const verdict = guardUpdate({ name: document, state: sample.state }, bytes, { writer: sample.by, nowMs, schema });
    if (!verdict.ok) continue;
    accepted += 1;
    damages.push(
      ...damage(document, sample, bytes, verdict.next).map(
        (one) => `seed ${seed} case ${index} ${one}: ${Buffer.from(bytes).toString('hex')}`,
      ),
    );
  }
  return { accepted, damages };
}

describe('changed and random bytes', () => {
  it('[G17] what is accepted into a register document applies, holds nothing back and reloads equal', { timeout: 120_000 }, () => {
    const { accepted, damages } = fuzz(rows, editRows);
    expect(damages.slice(0, 5)).toEqual([]);
    expect(accepted).toBeGreaterThan(casesPerLane / 100);
  });

  it('[G17] what is accepted into a note applies, holds nothing back and keeps its state vector', { timeout: 120_000 }, () => {
    const { accepted, damages } = fuzz(notes, editNotes);
    expect(damages.filter((one) => !one.includes('differently')).slice(0, 5)).toEqual([]);
    expect(accepted).toBeGreaterThan(casesPerLane / 100);
  });

  it('[G1] bytes for a free document never make the guard throw', () => {
    const random = new SeededRandom(seed);
    const samples = samplesOf(notes, editNotes, random);
    for (let index = 0; index < casesPerLane; index += 1) {
      const sample = random.pick(samples);
      const bytes = mutated(sample.bytes, random.pick(samples).bytes, random);
      const verdict = guardUpdate({ name: free, state: sample.state }, bytes, { writer: 'repair', nowMs, schema });
      expect(typeof verdict.ok).toBe('boolean');
    }
  });
});
