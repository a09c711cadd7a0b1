import { isCollectionId, type CollectionId, type HttpProblemCode } from '@cacaw/protocol';
import type { Audit, AuditDetails, AuditEvent } from '../ports/audit.ts';
import type { Identity } from '../ports/authenticator.ts';
import type { Params, Route } from './route.ts';

/** One request as the audit log sees it. */
export interface AuditedRequest {
  readonly declared: Route;
  readonly address: string;
  readonly who: Identity | undefined;
  readonly params: Partial<Params>;
}

/** Notes a request that was done: what its route declares, or that something in a collection was read. */
export function noteDone(audit: Audit, request: AuditedRequest, exchange: { readonly body: unknown; readonly answer: unknown }): void {
  const { declared, address, who, params } = request;
  const kind = declared.audit ?? (declared.method === 'get' && params.collection !== undefined ? 'read' : undefined);
  if (kind === undefined) return;
  const collection = params.collection ?? collectionIn(exchange.answer);
  audit.note({ kind, account: who?.account, collection, address, details: detailsOf(request, exchange.body) });
}

/** What is a refusal, and what is one of a limit; other problems are mistakes and outages. */
const refusals: { readonly [code in HttpProblemCode]?: AuditEvent['kind'] } = {
  unauthenticated: 'refused',
  forbidden: 'refused',
  unknown: 'refused',
  gone: 'refused',
  'rate-limit': 'limited',
};

/**
 * Notes a refusal. The collection is told for who is or was in it: a stranger fills no owner's log, and is not shown to them.
 */
export function noteRefused(audit: Audit, { address, who, params }: AuditedRequest, code: HttpProblemCode): void {
  const kind = refusals[code];
  if (kind === undefined) return;
  const isMember = who !== undefined && (code === 'forbidden' || code === 'gone');
  audit.note({ kind, account: who?.account, collection: isMember ? params.collection : undefined, address });
}

/** Fields of bodies that are ids, roles and numbers; a route that takes others says nothing of them. */
const toldFields = ['role', 'tier', 'isOperator', 'isOn', 'maxUses', 'expiresInDays', 'allowsGuests'] as const;

function detailsOf({ declared, params }: AuditedRequest, body: unknown): AuditDetails {
  const fields = typeof body === 'object' && body !== null ? (body as { readonly [name: string]: unknown }) : {};
  const target = params.account ?? fields['owner'];
  return {
    operation: declared.operation,
    ...(typeof target === 'string' ? { target } : {}),
    ...(params.invite === undefined ? {} : { invite: params.invite }),
    ...Object.fromEntries(toldFields.flatMap((name) => (isTold(fields[name]) ? [[name, fields[name]]] : []))),
  };
}

const isTold = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** The collection an answer is about, where the path could not name it. */
function collectionIn(answer: unknown): CollectionId | undefined {
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { collection, id } = answer as { readonly collection?: unknown; readonly id?: unknown };
  return [collection, id].find((one): one is CollectionId => typeof one === 'string' && isCollectionId(one));
}
