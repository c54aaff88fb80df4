import { resourcesOf, type Template } from '../template/assembly.ts';
import type { Resolve } from '../template/intrinsics.ts';
import { object, optional, text } from '../template/json.ts';

/** A route of the HTTP API. */
export interface Route {
  /** As in the template: `POST /v1/events`, or `$default`. */
  readonly key: string;
  readonly functionArn: string;
}

/** A route that fits a request, with what its placeholders stand for. */
export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

export type Router = (method: string, path: string) => Match | null;

/** Reads the routes of the template's HTTP API. Refuses payloads of another format than 2.0. */
export function readRoutes(template: Template, resolve: Resolve): readonly Route[] {
  const integrations = new Map(
    resourcesOf(template, 'AWS::ApiGatewayV2::Integration').map(([id, properties]) => {
      const version = optional(properties.PayloadFormatVersion, `${id}.PayloadFormatVersion`, text);
      if (version !== '2.0') throw new Error(`${id} uses payload format ${version}; the runner knows 2.0`);
      const uri = text(resolve(properties.IntegrationUri), `${id}.IntegrationUri`);
      return [id, /(arn:aws:lambda:[^/]+)(?:\/invocations)?$/.exec(uri)?.[1] ?? uri] as const;
    }),
  );
  return resourcesOf(template, 'AWS::ApiGatewayV2::Route').map(([id, properties]) => {
    const route = object(resolve(properties), id);
    const integration = text(route.Target, `${id}.Target`).replace(/^integrations\//, '');
    const functionArn = integrations.get(integration);
    if (functionArn === undefined) throw new Error(`${id} leads to ${integration}, which is no function`);
    return { key: text(route.RouteKey, `${id}.RouteKey`), functionArn };
  });
}

interface Compiled {
  readonly route: Route;
  readonly method: string;
  readonly pattern: RegExp;
  /** Sorts like the order of precedence. */
  readonly rank: string;
}

/**
 * Finds the route for a request: the one with the fewest placeholders, a greedy one only if no other fits, a method
 * before `ANY`, `$default` last.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function createRouter(routes: readonly Route[]): Router {
  const fallback = routes.find((route) => route.key === '$default');
  const compiled = routes
    .filter((route) => route !== fallback)
    .map(compile)
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  return (method, path) => {
    for (const each of compiled) {
      if (each.method !== 'ANY' && each.method !== method) continue;
      const found = each.pattern.exec(path);
      if (found) return { route: each.route, parameters: { ...found.groups } };
    }
    return fallback ? { route: fallback, parameters: {} } : null;
  };
}

function compile(route: Route): Compiled {
  const [method = '', path = ''] = route.key.split(' ');
  const segments = path.split('/').slice(1);
  const pattern = segments.map((segment) => {
    const [, name, greedy] = /^\{(\w+)(\+?)\}$/.exec(segment) ?? [];
    if (name === undefined) return segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return greedy ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`;
  });
  const rank = segments.map((segment) =>
    segment.endsWith('+}') ? '2' : segment.startsWith('{') ? '1' : '0',
  );
  return {
    route,
    method,
    pattern: new RegExp(`^/${pattern.join('/')}/?$`),
    rank: `${rank.join('')}~${method === 'ANY' ? '1' : '0'}`,
  };
}
