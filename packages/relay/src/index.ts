export { argonCost, createPasswordHash, type PasswordHash } from './accounts/password-hash.ts';
export { createApp, createSocketServer, type AppOptions, type Readiness } from './app.ts';
export { createDiskKeyStore, secretFile } from './adapters/disk/key-store.ts';
export { createMemoryAccess, type MemoryAccess } from './adapters/memory/access.ts';
export { createMemoryDatabase, type MemoryBackup, type MemoryDatabase } from './adapters/memory/database.ts';
export { createDiskMailer, type DiskMailerOptions } from './adapters/disk/mailer.ts';
export { createMemoryRateLimiter } from './adapters/memory/rate-limiter.ts';
export { createPostgresRateLimiter } from './adapters/postgres/rate-limiter.ts';
export { createRedisRateLimiter, type RedisLimiterOptions, type RedisRateLimiter } from './adapters/redis/rate-limiter.ts';
export { createMemoryAudit, type MemoryAuditOptions } from './adapters/memory/audit.ts';
export { createPostgresAudit, type PostgresAuditOptions } from './adapters/postgres/audit.ts';
export { createMemoryMailer, type MemoryMailer, type SentMail } from './adapters/memory/mailer.ts';
export { createSmtpMailer } from './adapters/smtp/mailer.ts';
export type { Mailbox, MailOnPage } from './http/mail-page.ts';
export type { Sender } from './mail/message.ts';
export { createMemoryMedium, createNoFanOut } from './adapters/memory/fan-out.ts';
export { createMemoryKeyStore } from './adapters/memory/key-store.ts';
export { createMemoryUpdateLog, type LogFault, type LogPoint, type MemoryLogOptions } from './adapters/memory/update-log.ts';
export { createPostgresAccess } from './adapters/postgres/access.ts';
export { createSecretAuthenticator } from './adapters/secret-authenticator.ts';
export { openDatabase, openPool, type Database, type Sql } from './adapters/postgres/connection.ts';
export { DatabaseNewer, migrate } from './adapters/postgres/migrate.ts';
export { createKeyRing, type KeyRing } from './adapters/postgres/seal.ts';
export { createPostgresUpdateLog } from './adapters/postgres/update-log.ts';
export { firstChain, nextChain } from './log/chain.ts';
export { announcing } from './members/announcing.ts';
export { silentObserver, type Observer, type Probe, type ProbePoint } from './observer.ts';
export type { Access, Admission, AdmissionAnswer } from './ports/access.ts';
export type { Authenticator, Identity, SignInId } from './ports/authenticator.ts';
export type { FanOut } from './ports/fan-out.ts';
export type { Limit, LimitName, Limits, RateLimiter, RateVerdict } from './ports/rate-limiter.ts';
export {
  AuditPlaceUnknown,
  noAudit,
  type Audit,
  type AuditDetails,
  type AuditEvent,
  type AuditKind,
  type AuditLine,
  type AuditLog,
  type AuditPage,
  type AuditPlace,
  type EventKind,
  type FoldedKind,
} from './ports/audit.ts';
export type { KeyStore } from './ports/key-store.ts';
export {
  MailUnavailable,
  type Mail,
  type MailData,
  type Mailer,
  type MailKind,
  type MailSubject,
  type SecurityEvent,
} from './ports/mailer.ts';
export type {
  Actor,
  ChangeOutcome,
  Invite,
  InviteDraft,
  LimitReached,
  MemberOfCollection,
  Membership,
  Offer,
  OwnCollection,
} from './ports/membership.ts';
export type { People, Person } from './ports/people.ts';
export { noLimits, type SharingLimits, type OwnerLimits } from './ports/owner-limits.ts';
export { LogUnavailable, type CollectionState, type LogRow, type UpdateLog } from './ports/update-log.ts';
export { defaultSnapshotPolicy, type SnapshotPolicy } from './room/documents.ts';
export { sharingRoutes } from './routes/sharing-routes.ts';
export type { SharingPorts } from './routes/sharing.ts';
export { createRelayCore, type RelayCore, type RelayOptions } from './relay.ts';
