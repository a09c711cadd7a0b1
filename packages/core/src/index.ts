export {
  CommandError,
  type CollectionDraft,
  type Command,
  type CommandErrorCode,
  type CommandResult,
  type CommandType,
  type FileDraft,
  type FolderChange,
  type FolderDraft,
  type ItemChange,
  type ItemDraft,
  type PhotoChange,
  type PhotoDraft,
} from './inventory/commands.ts';
export type {
  Attachment,
  CollectionRow,
  CustomField,
  FileKind,
  FolderRow,
  ItemRow,
  LookRequest,
  Money,
  Photo,
  PlaceId,
  Provenance,
  Role,
} from './inventory/rows.ts';
export { isMergePointer, representativeOf } from './inventory/merges.ts';
export { mostFiles, mostPhotos } from './schema.ts';
export { migrate, type Migration } from './inventory/migrate.ts';
export { isPurged, projectCollection, projectFolder, projectItem, type CollectionFacts } from './inventory/project.ts';
export { resolveTree, type ShownIn, type TreeNode } from './inventory/tree.ts';
export { mint } from './mint.ts';
export { Registers, type RegisterReader, type Write } from './registers.ts';
export { foldText, searchWords } from './search.ts';
export type { FolderNode, ListChange, ListQuery, SearchHit, SortField, Splice, Totals, Tree } from './views/queries.ts';
export { createRowSource, type RowSlice, type RowSource } from './views/row-source.ts';
export { createViews, type ViewPorts, type Views } from './views/views.ts';
