import { createHash } from 'node:crypto';
import { newCollectionId, randomBase62 } from '@cacaw/protocol';
import { systemRandom } from '../../src/adapters/system-clock.ts';
import { askers, secretOf, type Asker, type Cast, type Scene } from './matrix-scene.ts';

/** What everybody is answered at one operation, and what they ask. */
export interface Line {
  readonly answers: { readonly [caller in Asker]: number };
  /** The account that the path names. */
  readonly account?: (cast: Cast) => string;
  readonly body?: (scene: Scene, cast: Cast, caller: Asker) => object;
  /** A body that is no JSON, with the headers it takes. */
  readonly raw?: { readonly bytes: Uint8Array; readonly headers: { readonly [name: string]: string } };
  /** Behind the address. */
  readonly query?: string;
}

const row = (answer: (caller: Asker) => number): Line['answers'] =>
  Object.fromEntries(askers.map((caller) => [caller, answer(caller)])) as Line['answers'];
/** Without an account; a pass opens photos, and is nothing elsewhere. */
const isNobody = (caller: Asker): boolean => caller === 'anonymous' || caller.endsWith('guest');

/** Whoever is signed in. */
const signedIn = (status: number): Line['answers'] => row((caller) => (isNobody(caller) ? 401 : status));
const everybody = (status: number): Line['answers'] => row(() => status);
const operators = (status: number): Line['answers'] => row((caller) => (isNobody(caller) ? 401 : caller === 'operator' ? status : 403));

const ranks = ['viewer', 'editor', 'owner'];
/** Members from a role up. Who never was one, and who was removed, hears that there is nothing; who was in it, that it is gone. */
const members = (least: 'viewer' | 'editor' | 'owner', status: number, but: Partial<Line['answers']> = {}): Line['answers'] =>
  row((caller) => {
    const told = but[caller];
    if (told !== undefined) return told;
    if (isNobody(caller)) return 401;
    if (caller === 'former') return 410;
    if (!ranks.includes(caller)) return 404;
    return ranks.indexOf(caller) < ranks.indexOf(least) ? 403 : status;
  });

/** Where a pass is taken: who looks, who edits, and who is in it no more. */
const passes = (least: 'viewer' | 'editor', status: number): Partial<Line['answers']> => ({
  'looking-guest': least === 'viewer' ? status : 403,
  'editing-guest': status,
  'revoked-guest': 404,
});

const email = (): string => `somebody-${randomBase62(systemRandom, 8)}@mail.example`;
const secret = ({ inviteSecret }: Scene): object => ({ secret: inviteSecret });

const note = new TextEncoder().encode('a receipt');
/** Its name. */
export const noteHash: string = createHash('sha256').update(note).digest('hex');

/** A line for every operation there is; one without a line fails. */
export const lines: { readonly [operation: string]: Line } = {
  createCollection: { answers: signedIn(201), body: () => ({ id: newCollectionId(systemRandom) }) },
  listCollections: { answers: signedIn(200) },
  readCollection: { answers: members('viewer', 200) },
  transferCollection: { answers: members('owner', 200), body: (_scene, { people }) => ({ owner: people.editor.account }) },
  deleteCollection: { answers: members('owner', 204) },
  listMembers: { answers: members('viewer', 200) },
  inviteMember: { answers: members('owner', 202), body: () => ({ email: email(), role: 'viewer' }) },
  changeMember: { answers: members('owner', 200), account: ({ people }) => people.viewer.account, body: () => ({ role: 'editor' }) },
  // A viewer names themselves here, and so leaves.
  removeMember: { answers: members('viewer', 204, { editor: 403 }), account: ({ people }) => people.viewer.account },
  // Who may edit already has nothing to ask for.
  requestAccess: { answers: members('viewer', 202, { editor: 409, owner: 409 }), body: () => ({ role: 'editor' }) },
  listInvites: { answers: members('owner', 200) },
  createInvite: { answers: members('owner', 201), body: () => ({ role: 'viewer' }) },
  revokeInvite: { answers: members('owner', 204) },
  lookAtInvite: { answers: everybody(200), body: secret },
  acceptInvite: { answers: signedIn(200), body: secret },
  claimDevice: { answers: signedIn(200), body: () => ({ secret: Buffer.from(systemRandom.bytes(32)).toString('base64url') }) },
  getAccount: { answers: signedIn(200) },
  // Nobody guesses the key of an account.
  askForAccount: {
    answers: everybody(404),
    body: (_scene, { people }) => ({ account: people.owner.account, lookKey: Buffer.from(systemRandom.bytes(32)).toString('base64url') }),
  },
  renameAccount: { answers: signedIn(200), body: () => ({ username: `name-${randomBase62(systemRandom, 12)}` }) },
  readAudit: { answers: members('owner', 200) },
  // Everybody types somebody else's address: what erasing does is proven where it is the point.
  eraseAccount: { answers: signedIn(403), body: () => ({ email: email(), collections: {} }) },
  eraseSomebody: { answers: operators(404), account: () => 'Z'.repeat(22) },
  exportAccount: { answers: signedIn(200) },
  // Nobody is asked here: a relay without a detector says so to who may ask.
  detect: { answers: signedIn(404), body: () => ({ image: '/9j/4AAQSkZJRg==', collectionType: 'other' }) },
  detectBatch: { answers: signedIn(404), body: () => ({ images: ['/9j/4AAQSkZJRg=='], collectionType: 'other' }) },
  readDetectionBudget: { answers: signedIn(404) },
  // No source is set up here: nobody is asked, and that is an answer.
  listLookupSources: { answers: signedIn(200) },
  lookUp: { answers: signedIn(200), body: () => ({ subject: 'code', text: '036000291452', sources: ['upcitemdb'] }) },
  givePhotoPass: {
    answers: row((caller) => (caller === 'looking-guest' || caller === 'editing-guest' ? 200 : 404)),
    body: (_scene, cast, caller) => ({ secret: secretOf(cast, caller) }),
  },
  askBlobs: { answers: members('editor', 200, passes('editor', 200)), body: () => ({ blobs: [] }) },
  sendPiece: {
    answers: members('editor', 201, passes('editor', 201)),
    raw: { bytes: note, headers: { 'content-range': `bytes 0-${note.length - 1}/${note.length}`, 'x-blob-use': 'file' } },
  },
  readBlob: { answers: members('viewer', 200, passes('viewer', 200)), query: '?size=full' },
  setLearning: { answers: members('owner', 200), body: () => ({ isOn: false }) },
  readLearning: { answers: members('viewer', 200) },
  exportLessons: { answers: members('owner', 200) },
  // Nobody has turned it on.
  sendLessons: { answers: members('editor', 409), body: () => ({ lessons: [] }) },
  publishPhotos: { answers: members('owner', 200), body: () => ({ isPublic: false }) },
  readPublicAddress: { answers: members('owner', 200) },
  readPublicPhoto: { answers: everybody(200), query: '?size=full' },
  listAccounts: { answers: operators(200) },
  listTiers: { answers: operators(200) },
  changeAccount: { answers: operators(200), account: ({ people }) => people.outsider.account, body: () => ({ tier: 'plus' }) },
  inviteToSignUp: { answers: operators(202), body: () => ({ email: email() }) },
};
