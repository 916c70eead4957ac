/** OpenAPI 3.1 of the HTTP API, made from the schemas that validate. */
import { z } from 'zod';
import { refusalBody, type Route } from '../protocol/api/route.ts';
import { ROUTES } from '../protocol/api/routes.ts';

export function describeApi(version: string): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(ROUTES)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'AuraPOS',
      version,
      description: 'A register of a shop, on its own machine. Amounts are minor units, quantities thousandths, instants UTC milliseconds.',
    },
    paths,
  };
}

function describeRoute(name: string, route: Route): object {
  const hasBody = route.method !== 'GET' && route.method !== 'DELETE';
  return {
    operationId: name,
    summary: route.summary,
    'x-access': route.access,
    parameters: [...describeParameters('path', route.params), ...describeParameters('query', route.query)],
    ...(hasBody ? { requestBody: { content: { 'application/json': { schema: schemaOf(route.body) } } } } : {}),
    responses: {
      200: { description: 'Done', content: { 'application/json': { schema: schemaOf(route.answer) } } },
      default: { description: 'Refused: what is true, and what to do', content: { 'application/json': { schema: schemaOf(refusalBody) } } },
    },
  };
}

function describeParameters(place: 'path' | 'query', schema: z.ZodType): object[] {
  const { properties = {}, required = [] } = schemaOf(schema) as { properties?: Record<string, object>; required?: string[] };
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function schemaOf(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return rest;
}
