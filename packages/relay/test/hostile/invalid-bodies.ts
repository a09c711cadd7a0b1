import fc from 'fast-check';

/** The part of JSON Schema that our descriptions use. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** A body that must be refused, and what is wrong with it. */
export interface HostileBody {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType?: string;
  /** Sent without a length, in chunks. */
  readonly isChunked?: boolean;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const named = (name: string, value: unknown): HostileBody => ({ name, bytes: text(JSON.stringify(value)) });

/** Control characters, marks that turn text around, halves of characters: in no field of ours. */
const characters: { readonly [name: string]: string } = {
  NUL: '\u0000',
  'a line feed and a header': '\r\nBcc: all@mail.example',
  'a right-to-left override': '\u202E',
  'an isolate': '\u2066',
  'a lone surrogate': '\uD800',
  'an escape': '\u001B[2J',
};

/** A body `schema` allows. */
export function sampleOf(schema: JsonSchema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  if (schema.anyOf !== undefined) return sampleOf(schema.anyOf[0] ?? {});
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties ?? {}).map(([name, one]) => [name, sampleOf(one)]));
    case 'array':
      return [];
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return false;
    default:
      return sampleText(schema);
  }
}

function sampleText({ format, pattern }: JsonSchema): string {
  if (format === 'email') return 'somebody@mail.example';
  if (pattern === undefined) return 'some text';
  const allowed = new RegExp(pattern, 'u');
  // fast-check cannot make text for a pattern that looks ahead.
  if (allowed.test('/page')) return '/page';
  const [found = ''] = fc.sample(fc.stringMatching(allowed), { numRuns: 1, seed: 7 });
  return found;
}

/** Bodies one step away from what `schema` allows: each is wrong in one place only. */
export function mutationsOf(schema: JsonSchema): readonly HostileBody[] {
  const good = sampleOf(schema) as { readonly [name: string]: unknown };
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...((schema.required ?? []).includes(name) ? [named(`without ${name}`, { ...good, [name]: undefined })] : []),
    ...wrongValues(field).map(([what, value]) => named(`${name} is ${what}`, { ...good, [name]: value })),
    { name: `${name} stands twice`, bytes: text(withTwice(good, name)) },
    { name: `${name} is beyond numbers`, bytes: text(JSON.stringify({ ...good, [name]: 0 }).replace(`"${name}":0`, `"${name}":1e999`)) },
  ]);
  const unknown = schema.additionalProperties === false ? [named('with a key nobody knows', { ...good, isOperator: true })] : [];
  return [...fields, ...unknown];
}

function wrongValues(field: JsonSchema): readonly (readonly [string, unknown])[] {
  const types: readonly (readonly [string, string, unknown])[] = [
    ['null', 'null', null],
    ['a number', 'integer', 1],
    ['a text', 'string', 'text'],
    ['a flag', 'boolean', true],
    ['a list', 'array', ['x']],
    ['an object', 'object', { toString: 'x', $ne: null }],
  ];
  const type = field.type ?? (typeof field.const === 'string' ? 'string' : 'any');
  const others = types.filter(([, name]) => name !== type).map(([what, , value]) => [what, value] as const);
  if (type === 'string') return [...others, ...wrongTexts(field)];
  if (type === 'integer' || type === 'number') return [...others, ...wrongNumbers(field)];
  if (type === 'object') return [...others, ...wrongMembers(field)];
  return others;
}

function wrongTexts(field: JsonSchema): readonly (readonly [string, unknown])[] {
  const good = String(sampleOf(field));
  const isChosen = field.enum !== undefined || field.const !== undefined;
  return [
    // Pictures travel as text, and are longer than this.
    ...((field.maxLength ?? 0) > 3_000 ? [] : [['too long', good + 'x'.repeat(3_000)] as const]),
    ...(field.maxLength === undefined || field.format !== undefined ? [] : [['one too long', 'x'.repeat(field.maxLength + 1)] as const]),
    ...(isChosen || field.pattern !== undefined || field.format !== undefined ? [['empty', ''] as const] : []),
    ...(isChosen ? [['a word nobody offers', 'emperor'] as const] : []),
    ...Object.entries(characters).map(([what, character]) => [`with ${what}`, `${good.slice(0, 3)}${character}${good.slice(3)}`] as const),
    ...(field.pattern === undefined && field.format === undefined ? [] : [['markup', '<img src=x onerror=alert(1)>'] as const]),
  ];
}

const wrongNumbers = ({ minimum = 0, maximum = 2 ** 53 }: JsonSchema): readonly (readonly [string, unknown])[] => [
  ['below its least', minimum - 1],
  ['above its most', maximum + 1],
  ['a fraction', minimum + 0.5],
];

/** Of an object with any keys: a key and a value that its schema does not allow. */
const wrongMembers = ({ additionalProperties }: JsonSchema): readonly (readonly [string, unknown])[] =>
  typeof additionalProperties === 'object'
    ? [
        ['an object with a strange value', { ['A'.repeat(22)]: 7 }],
        ['an object with a strange key', { '../../x': sampleOf(additionalProperties) }],
      ]
    : [];

const withTwice = (good: object, name: string): string => {
  const written = JSON.stringify(good);
  return `{${JSON.stringify(name)}:${JSON.stringify((good as { readonly [name: string]: unknown })[name])},${written.slice(1)}`;
};

const tenMegabytes = new Uint8Array(10 * 1024 * 1024).fill(0x20);

/** Bodies no route takes, whatever it expects. */
export function brokenBodies(good: unknown): readonly HostileBody[] {
  const written = JSON.stringify(good);
  const whole: readonly (readonly [string, string])[] = [
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"text"'],
    ['a number', '5'],
    ['half a body', written.slice(0, -1)],
    ['two bodies', `${written}${written}`],
    ['a comment', `/* */${written}`],
    ['a byte order mark', `\uFEFF${written}`],
    ['brackets without end', '['.repeat(3_000)],
    ['brackets three thousand deep', `${'['.repeat(1_500)}${']'.repeat(1_500)}`],
    ['objects deep', `${written.slice(0, -1)}${written === '{}' ? '' : ','}"x":${'{"a":'.repeat(400)}1${'}'.repeat(401)}`],
    ['__proto__', `{"__proto__":{"isOperator":true},${written.slice(1)}`.replace(',}', '}')],
    ['constructor in a list', '[{"constructor":{"prototype":{"a":1}}}]'],
  ];
  return [
    ...whole.map(([name, body]) => ({ name, bytes: text(body) })),
    { name: 'bytes that are no UTF-8', bytes: new Uint8Array([...text('{"'), 0xff, 0xfe, ...text('":1}')]) },
    { name: 'UTF-16', bytes: new Uint8Array(Buffer.from(written, 'utf16le')) },
    { name: '10 MB', bytes: tenMegabytes },
    { name: '10 MB in chunks', bytes: tenMegabytes, isChunked: true },
    ...['text/plain', 'application/jsonpfoo', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'].map(
      (contentType) => ({
        name: `as ${contentType}`,
        bytes: text(written === '{}' ? '{"a":1}' : written),
        contentType,
      }),
    ),
  ];
}
