import type { ClientMessage, CollectionId, GoneReason, MemberId, WireRole } from '@cacaw/protocol';
import { sameBytes } from '../log/chain.ts';
import type { Access } from '../ports/access.ts';
import type { Identity } from '../ports/authenticator.ts';
import { LogUnavailable, type JoinAnswer, type UpdateLog } from '../ports/update-log.ts';
import type { RoomFrame } from '../room/naming.ts';
import type { Author } from '../room/ops.ts';
import type { Room } from '../room/room.ts';
import type { Rooms } from '../room/rooms.ts';

type Join = Extract<ClientMessage, { readonly type: 'join' }>;

/** What entering needs. */
export interface EntrancePorts {
  readonly rooms: Rooms;
  readonly log: UpdateLog;
  readonly access: Access;
}

/** Who said hello. */
export interface Who {
  readonly identity: Identity;
  /** How the others see them. */
  readonly name: string;
  readonly appSchema: number;
}

/** A room somebody may enter now, with what the log held when it was asked. */
export interface Entrance {
  readonly room: Room;
  /** As whom they are in it. */
  readonly author: Author;
  readonly role: WireRole;
  /** What `joined` says; send it in the same step as the occupant enters, so that the tail goes on exactly where it says. */
  joined(): RoomFrame;
}

/** Opens the room an account asks for, or says why not. Throws {@link LogUnavailable} when it is to be asked again. */
export async function openEntrance(ports: EntrancePorts, who: Who, id: CollectionId, join: Join): Promise<Entrance | GoneReason> {
  const { access, rooms, log } = ports;
  const { account } = who.identity;
  const answer = await access.admit(who.identity, id, join.secret);
  if ('refused' in answer) return answer.refused;
  const { member } = answer.admitted;
  const room = await rooms.open(id);
  const found = room && (await log.join(id, { cursor: join.cursor, writers: join.writers, member, account }));
  if (room === undefined) return 'unknown';
  // Let in a moment ago and no member now: asked again from the start, where the reason is known.
  if (found === undefined) throw new LogUnavailable(`The log of ${id} shows nothing to member ${member}; it is asked again.`);
  room.look(found.state);
  // Where nothing moves: a change after this reaches them as it reaches every occupant. Who they are is asked again only when
  // somebody's access has changed since the log was asked.
  const isUnchanged = (): boolean => room.state.access === found.state.access;
  const roleByNow = async (): Promise<WireRole | undefined> => (await access.current(id, [member])).get(member)?.role;
  const role = await room.between(async () => (isUnchanged() ? found.role : roleByNow()));
  if (room.isEnded || room.state.head < found.state.head) {
    throw new LogUnavailable(`The room of ${id} does not stand where its log does; it is opened again.`);
  }
  if (found.state.gone !== undefined) return found.state.gone;
  if (role === undefined) return 'removed';
  const author = { account, member, appSchema: who.appSchema };
  return { room, author, role, joined: () => joinedFrame(room, { member, role, join, found }) };
}

function joinedFrame(
  { naming, state }: Room,
  { member, role, join, found }: { readonly member: MemberId; readonly role: WireRole; readonly join: Join; readonly found: JoinAnswer },
): RoomFrame {
  return naming.encode({
    type: 'joined',
    collection: naming.collection.handle,
    member,
    role,
    lineage: state.lineage,
    head: state.head,
    chain: state.chain,
    base: naming.base,
    changed: found.changed,
    lastRefs: [...found.lastRefs].map(([writer, ref]) => ({ writer, ref })),
    minimumSchema: state.minimumSchema,
    reconcile: isForeign(join, found),
  });
}

/** The cursor points into another log: its lineage is not ours, or our log has no such row. */
function isForeign({ cursor }: Join, { state, cursorChain }: JoinAnswer): boolean {
  if (cursor === undefined) return false;
  if (!sameBytes(cursor.lineage, state.lineage)) return true;
  return cursor.seq > 0 && (cursorChain === undefined || !sameBytes(cursorChain, cursor.chain));
}
