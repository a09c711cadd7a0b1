import type { WireRole } from '@cacaw/protocol';
import type { InviteAnswer } from '@cacaw/protocol/http';

/** The roles one can give, and what each may do. */
export const givenRoles: readonly { readonly value: 'editor' | 'viewer'; readonly label: string; readonly may: string }[] = [
  { value: 'editor', label: 'Editor', may: 'sees and changes everything' },
  { value: 'viewer', label: 'Viewer', may: 'sees everything and changes nothing' },
];

const labels: { readonly [role in WireRole]: string } = { owner: 'Owner', editor: 'Editor', viewer: 'Viewer' };

/** A role as people read it. */
export const roleLabel = (role: WireRole): string => labels[role];

/** When an invite ends, as its line says it. */
export function endText(expiresAt: string | null, now: number): string {
  if (expiresAt === null) return 'no end';
  const hours = Math.ceil((Date.parse(expiresAt) - now) / 3_600_000);
  if (hours <= 0) return 'ended';
  if (hours <= 48) return hours === 1 ? '1 hour left' : `${hours} hours left`;
  return `until ${new Date(expiresAt).toLocaleDateString(undefined, { dateStyle: 'medium' })}`;
}

/** How often an invite was used, and may be. */
export function usesText(uses: number, maxUses: number | null): string {
  if (maxUses === null) return uses === 0 ? 'not used yet' : `used ${uses === 1 ? 'once' : `${uses} times`}`;
  return `used ${uses} of ${maxUses} ${maxUses === 1 ? 'time' : 'times'}`;
}

/** What a link just made gives; the choices beside it may say something else by now. */
export function linkText({ role, allowsGuests, maxUses }: Pick<InviteAnswer, 'role' | 'allowsGuests' | 'maxUses'>): string {
  const whom = maxUses === null ? 'people' : maxUses === 1 ? 'one person' : `${maxUses} people`;
  const as = maxUses === 1 ? `as ${role === 'editor' ? 'an editor' : 'a viewer'}` : `as ${role}s`;
  return `It lets ${whom} in ${as}${allowsGuests ? ', also without an account' : ''}.`;
}
