// Run by homebox-file.ts in a Node that runs the workspace from source: rows and seed in, one line of JSON out.
import { homeboxCsv } from '@cacaw/testkit';

const [rows = 0, seed = 1] = process.argv.slice(2).map(Number);
const { bytes, good, bad, folders, itemsByLocation } = homeboxCsv(rows, seed);
process.stdout.write(
  JSON.stringify({ bytes: Buffer.from(bytes).toString('base64'), good, bad, folders, itemsByLocation: [...itemsByLocation] }),
);
