import PostalMime from 'postal-mime';
import type { ReadMail } from '../src/contracts/mailer.ts';

/** Reads a mail as its reader's program would. */
export async function readMail(bytes: Uint8Array, envelope?: { readonly to: readonly string[] }): Promise<ReadMail> {
  const read = await PostalMime.parse(bytes);
  return {
    from: read.from?.address ?? '',
    to: envelope?.to ?? read.to?.map((one) => one.address ?? '') ?? [],
    subject: read.subject ?? '',
    text: read.text ?? '',
    html: read.html ?? '',
    headers: read.headers.map((one) => one.key).sort(),
  };
}
