import { describe } from 'vitest';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { seededRandom } from '../../contracts/log-fixture.ts';
import { lessonsContract } from '../../contracts/lessons.ts';
import { createMemoryLessons } from './lessons.ts';

describe('memory lessons', () => {
  const random = seededRandom('lessons');
  lessonsContract(async () => {
    const there = new Set<CollectionId>();
    const lessons = createMemoryLessons((collection) => there.has(collection));
    const newCollection = async (): Promise<CollectionId> => {
      const collection = newCollectionId(random);
      there.add(collection);
      return collection;
    };
    const erase = async (collection: CollectionId): Promise<void> => {
      await lessons.turn(collection, false);
      there.delete(collection);
    };
    return { lessons, random, newCollection, erase };
  });
});
