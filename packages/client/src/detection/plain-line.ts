import { isShowable } from '@cacaw/protocol/http';

/** What a person wrote, in one line and without what cannot be shown: as the relay takes it. */
export const plainLine = (text: string): string => Array.from(text.replaceAll(/\s+/gu, ' ')).filter(isShowable).join('').trim();
