export { CommandError, type CollectionDraft, type Command, type CommandErrorCode, type CommandResult, type CommandType, type FolderChange, type FolderDraft, type ItemChange, type ItemDraft } from './inventory/commands.ts';
export type { CollectionRow, CustomField, FolderRow, ItemRow, Money, PlaceId, Role } from './inventory/rows.ts';
export type { Write } from './registers.ts';
