const words: { readonly [kind: string]: string | undefined } = {
  join: 'opened the collection',
  read: 'asked the server about it',
  search: 'searched it',
  'public-view': 'looked at its public page',
  photo: 'fetched photos',
  edited: 'changed it',
  refused: 'was refused',
  'collection-created': 'put it on the server',
  'collection-deleted': 'deleted it',
  'owner-changed': 'handed it over',
  'role-changed': 'changed a role',
  'member-removed': 'took somebody out, or left',
  invited: 'made an invite',
  'invite-revoked': 'revoked an invite',
  'invite-accepted': 'came in by an invite',
  'access-asked': 'asked to edit',
  'device-claimed': 'brought it into their account',
  exported: 'exported it',
  erased: 'erased it',
  'key-made': 'made its key',
  'key-destroyed': 'destroyed its key',
  'key-rotated': 'wrapped its key anew',
};

/** What a line of the log says somebody did; a kind of a newer server is told by its own name. */
export function auditText(kind: string, count: number): string {
  const said = words[kind] ?? kind.replaceAll('-', ' ');
  return count === 1 ? said : `${said}, ${count.toLocaleString()} times within the hour`;
}

/** Who did what no account did: the server keeps the keys, anything else was asked by somebody not signed in. */
export const nobodyText = (kind: string): string => (kind.startsWith('key-') ? 'The server' : 'Somebody not signed in');
