import ItemCard from './ItemCard.svelte';
import { columnsOf, tableLayout } from './table-columns.ts';
import TableHead from './TableHead.svelte';

/** What a list needs to look like a grid or a table: no part of the first load, most places are plain lists. */
export const otherLooks = { ItemCard, TableHead, columnsOf, tableLayout };
