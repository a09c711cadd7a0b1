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
  'member-removed': 'removed somebody, or left',
  invited: 'made an invite',
  'invite-revoked': 'revoked an invite',
  'invite-accepted': 'came in by an invite',
  'access-asked': 'asked to edit',
  'device-claimed': 'brought it into their account',
  exported: 'exported it',
  erased: 'erased it',
  'key-made': 'Its key was made',
  'key-destroyed': 'Its key was destroyed',
  'key-rotated': 'Its key was wrapped anew',
};

/** What a line of the log says somebody did; a kind of a newer server is told by its own name. */
export function auditText(kind: string, count: number): string {
  const said = words[kind] ?? kind.replaceAll('-', ' ');
  return count === 1 ? said : `${said}, ${count.toLocaleString()} times within the hour`;
}
