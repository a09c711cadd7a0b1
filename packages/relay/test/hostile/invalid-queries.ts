import type { JsonSchema } from './invalid-bodies.ts';

/** A query that must be refused, and what is wrong with it. */
export interface HostileQuery {
  readonly name: string;
  /** As it stands behind the address, encoded however its author liked. */
  readonly query: string;
}

/** A parameter as a description names it. */
export interface QueryParameter {
  readonly name: string;
  readonly schema: JsonSchema;
}

/** What stands in no parameter of ours, already encoded. */
const values: { readonly [what: string]: string } = {
  nothing: '',
  NUL: '%00',
  'a right-to-left override': '%E2%80%AE',
  'half a character': '%E0%A4',
  'half an escape': '%',
  'UTF-16': '%uD800',
  'a line feed and a header': '%0d%0aset-cookie:%20a=b',
  'a quote': "'%20or%201=1--",
  markup: '%3Cscript%3Ealert(1)%3C/script%3E',
  'a path': '../../../etc/passwd',
  'a list': '[1]',
  'an object': '%7B%22$gt%22:0%7D',
  'beyond numbers': '1e999',
  'below zero': '-1',
  'a fraction': '1.5',
  'a hexadecimal': '0x10',
  'digits of another script': '%D9%A1',
  'white space': '%20',
  'too long': 'a'.repeat(7_000),
};

/** Queries none of which a route with these parameters may take. */
export function hostileQueries(parameters: readonly QueryParameter[]): readonly HostileQuery[] {
  const wrong = parameters.flatMap(({ name }) => [
    ...Object.entries(values).map(([what, value]) => ({ name: `${name} is ${what}`, query: `${name}=${value}` })),
    { name: `${name} stands twice`, query: `${name}=1&${name}=1` },
    { name: `${name} is a list by brackets`, query: `${name}[]=1` },
    { name: `${name} is an object by brackets`, query: `${name}[a]=1` },
    { name: `${name} in capitals`, query: `${name.toUpperCase()}=1` },
  ]);
  return [...wrong, ...strangeKeys];
}

/** Parameters nobody named. */
export const strangeKeys: readonly HostileQuery[] = [
  { name: 'a key nobody knows', query: 'isOperator=true' },
  { name: '__proto__', query: '__proto__=1' },
  { name: '__proto__ by brackets', query: '__proto__[isOperator]=1' },
  { name: 'constructor', query: 'constructor=1' },
  { name: 'a key that is no text', query: '%00%FF=1' },
  { name: 'a thousand keys', query: Array.from({ length: 1_000 }, (_, at) => `k${at}=`).join('&') },
];

/** What stands in the place of a name in a path, already encoded. */
export const hostileNames: { readonly [what: string]: string } = {
  ...Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== '../../../etc/passwd')),
  'dots that lead up': '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  'dots encoded twice': '%252e%252e%252f',
  'a backslash': '..%5c..%5cwindows',
  'one letter more than a name': 'A'.repeat(23),
  'one letter fewer than a name': 'A'.repeat(21),
  'a name with a line end': `${'A'.repeat(22)}%0a`,
  'a name in wide letters': encodeURIComponent('\uff21'.repeat(22)),
  __proto__: '__proto__',
  'a star': '*',
  'a placeholder': '%3Acollection',
  'a semicolon': `${'A'.repeat(22)};x=1`,
};
