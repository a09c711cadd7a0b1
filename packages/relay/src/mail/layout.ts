import type { Letter } from './letter.ts';

/** A letter as it is sent. */
export interface LaidOut {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Lays a letter out, once for every kind of mail. Throws when its link is no web address. */
export function layOut({ subject, lines, action, after }: Letter, { site }: { readonly site: string }): LaidOut {
  const link = action === undefined ? undefined : webAddress(action.link);
  const footer = `Sent by Cacaw at ${site}.`;
  return {
    subject,
    text: `${[...lines, ...(action === undefined ? [] : [`${action.label}:\n${link}`]), ...after, `--\n${footer}`].join('\n\n')}\n`,
    html: page(subject, [
      `<h1 style="font-size:20px;line-height:1.3;margin:0 0 16px">${escape(subject)}</h1>`,
      ...lines.map(paragraph),
      ...(action === undefined || link === undefined ? [] : [button(action.label, link)]),
      ...after.map(paragraph),
      `<p style="margin:24px 0 0;padding-top:12px;border-top:1px solid #d8d4cc;color:#6b665e;font-size:13px">${escape(footer)}</p>`,
    ]),
  };
}

const entities: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML shows it. */
export const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '');

function webAddress(link: string): string {
  const url = new URL(link);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new Error(`A mail links to ${url.protocol}, which is no web address.`);
  return url.href;
}

const paragraph = (text: string): string => `<p style="margin:0 0 12px">${escape(text)}</p>`;

const button = (label: string, link: string): string =>
  `<p style="margin:20px 0"><a href="${escape(link)}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#4f46b8;color:#ffffff;text-decoration:none;font-weight:600">${escape(label)}</a></p>` +
  `<p style="margin:0 0 12px;color:#6b665e;font-size:13px;word-break:break-all">${escape(link)}</p>`;

const page = (title: string, parts: readonly string[]): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title></head>` +
  `<body style="margin:0;padding:24px;background:#f6f4ef;color:#22201c;font:16px/1.5 system-ui,sans-serif">` +
  `<div style="max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px">${parts.join('')}</div></body></html>`;
