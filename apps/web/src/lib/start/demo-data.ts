import type { CollectionDraft, FolderDraft, ItemDraft } from '@cacaw/core';
export const demo: { collection: CollectionDraft; fields: never[]; folders: FolderDraft[]; items: ItemDraft[] } = { collection: { name: 'Demo', type: 'household', currency: 'EUR' }, fields: [], folders: [], items: [] };
