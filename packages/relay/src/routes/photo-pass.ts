import { collectionsPath, photoPassAnswer, photoPassBody } from '@cacaw/protocol/http';
import { notAdmitted } from '../http/admitted.ts';
import { route, type Route } from '../http/route.ts';
import { passSeconds, type Passes } from '../members/passes.ts';
import { guestOf } from '../members/roles.ts';
import type { Access } from '../ports/access.ts';

/** What the route stands on. */
export interface PhotoPassOptions {
  readonly access: Pick<Access, 'admit'>;
  readonly passes: Passes;
}

/** `POST …/photos/pass`: how a device without an account comes to the photos of a collection it is in. */
export const photoPassRoute = ({ access, passes }: PhotoPassOptions): Route =>
  route({
    method: 'post',
    path: `${collectionsPath}/:collection/photos/pass`,
    operation: 'givePhotoPass',
    audit: 'photo',
    summary:
      "Gives a device that is in the collection by a link a pass to its photos, good for a quarter of an hour; it goes where an account's token goes.",
    caller: 'anyone',
    isBlind: true,
    limit: 'api',
    body: photoPassBody,
    answers: { 200: photoPassAnswer },
    problems: ['unknown', 'gone'],
    async run({ params: { collection }, body: { secret } }) {
      const device = guestOf(Buffer.from(secret, 'base64url'));
      const answer = await access.admit({ account: device, kind: 'guest' }, collection, undefined);
      if ('refused' in answer) throw notAdmitted(answer.refused, collection);
      return { status: 200, body: { pass: passes.give(device, collection), seconds: passSeconds } };
    },
  });
