// Brings the generated sections of PROTOCOL.md up to date: node --conditions=@cacaw/source packages/protocol/test/write-protocol-document.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { withGeneratedSections } from './protocol-document.ts';

const path = new URL('../PROTOCOL.md', import.meta.url);
writeFileSync(path, withGeneratedSections(readFileSync(path, 'utf8')));
