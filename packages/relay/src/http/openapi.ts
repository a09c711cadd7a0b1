import { toJsonSchema, type ConversionConfig } from '@valibot/to-json-schema';
import { httpProblems, type HttpProblemCode } from '@cacaw/protocol';
import { isBase64, problemBody, problemType } from '@cacaw/protocol/http';
import type * as v from 'valibot';
import { isLarge } from './hold-body.ts';
import { pathParameters, type Route } from './route.ts';

type Json = { readonly [name: string]: unknown };

const always: readonly HttpProblemCode[] = ['rate-limit', 'internal', 'unavailable'];

/** The OpenAPI 3.1 description of `routes`, made from the schemas that check every request. */
export function describeRoutes(routes: readonly Route[], { version }: { readonly version: string }): Json {
  const paths: { [path: string]: { [method: string]: Json } } = {};
  for (const declared of routes) {
    const path = declared.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [declared.method]: describeRoute(declared) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Cacaw relay', version },
    paths,
    components: {
      schemas: { Problem: schemaOf(problemBody) },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        pass: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'cacaw.session_token' },
      },
    },
  };
}

function describeRoute(declared: Route): Json {
  const names = [...declared.path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  return {
    operationId: declared.operation,
    summary: declared.summary,
    'x-caller': declared.caller,
    ...(declared.role === undefined ? {} : { 'x-role': declared.role }),
    ...(declared.caller === 'anyone'
      ? {}
      : { security: [{ bearer: [] }, { session: [] }, ...(declared.takesPass === true ? [{ pass: [] }] : [])] }),
    parameters: [...names.map(pathParameter), ...parametersIn('query', declared.query), ...parametersIn('header', declared.headers)],
    ...bodyOf(declared),
    responses: { ...successes(declared), ...problems(declared) },
  };
}

function pathParameter(name: string): Json {
  const schema = pathParameters[name];
  if (schema === undefined) throw new Error(`The path parameter :${name} has no schema.`);
  return { name, in: 'path', required: true, schema: schemaOf(schema) };
}

function bodyOf({ body, isRaw }: Route): Json {
  const content =
    isRaw === true
      ? { 'application/octet-stream': {} }
      : body === undefined
        ? undefined
        : { 'application/json': { schema: schemaOf(body) } };
  return content === undefined ? {} : { requestBody: { required: true, content } };
}

function parametersIn(place: 'query' | 'header', declared: v.GenericSchema | undefined): Json[] {
  if (declared === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(declared) as { properties?: Json; required?: readonly string[] };
  return Object.entries(properties).map(([name, schema]) => ({ name, in: place, required: required.includes(name), schema }));
}

function successes({ answers }: Route): Json {
  return Object.fromEntries(
    Object.entries(answers).map(([status, schema]) => {
      if (schema === 'empty') return [status, { description: 'Done.' }];
      if (schema === 'stream') return [status, { description: 'A file.', content: { 'application/octet-stream': {} } }];
      return [status, { description: 'Done.', content: { 'application/json': { schema: schemaOf(schema) } } }];
    }),
  );
}

function problems(declared: Route): Json {
  const codes = new Set<HttpProblemCode>([
    ...always,
    ...declared.problems,
    ...(declared.body === undefined ? [] : (['malformed', 'media-type', 'too-large'] as const)),
    ...(declared.isRaw === true ? (['malformed', 'too-large'] as const) : []),
    ...(isLarge(declared) ? (['busy'] as const) : []),
    ...(declared.caller === 'anyone' ? [] : (['unauthenticated', 'forbidden'] as const)),
    ...(declared.role === undefined ? [] : (['unknown', 'forbidden', 'gone'] as const)),
  ]);
  const byStatus = Map.groupBy(codes, (code) => httpProblems[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, all]) => [
      String(status),
      { description: `Problem: ${all.join(', ')}.`, content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } } },
    ]),
  );
}

/** Checks that JSON Schema cannot say (a transform to lower case, a rule between two fields) stay the server's own. */
function schemaOf(schema: v.GenericSchema): Json {
  const { $schema: _, ...rest } = toJsonSchema(schema as never, { typeMode: 'input', errorMode: 'ignore', overrideAction: asPattern });
  return rest as Json;
}

/** A check that says itself as a pattern. */
const asPattern: NonNullable<ConversionConfig['overrideAction']> = ({ valibotAction, jsonSchema }) =>
  'requirement' in valibotAction && valibotAction.requirement === isBase64 ? { ...jsonSchema, pattern: isBase64.pattern } : undefined;
