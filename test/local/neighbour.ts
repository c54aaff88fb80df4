import { type Api, type Endpoint, startEndpoint } from './runner.ts';

/** A tenant that harms nobody: five events a second to one endpoint that answers at once. */
export interface Neighbour {
  readonly tenant: string;
  /** Ids of its events that have not arrived yet. */
  missing(): readonly string[];
  /** Its events that arrived more than once, or not at their first attempt. */
  repeated(): readonly string[];
  /** Posts no more. */
  stop(): Promise<void>;
}

const EVERY_MS = 200;
let started = 0;

/** Starts a neighbour under a tenant of its own. Throws in `stop` when one of its events was refused. */
export async function startNeighbour(api: Api): Promise<Neighbour> {
  const tenant = `neighbour-${started++}`;
  const endpoint: Endpoint = await startEndpoint();
  await api.subscribe(endpoint.url, { tenant });
  const posted: string[] = [];
  const posts: Promise<unknown>[] = [];
  const post = (): void => {
    posts.push(api.post({ type: 'a.b', tenant, data: posts.length }).then((id) => posted.push(id)));
  };
  post();
  const timer = setInterval(post, EVERY_MS);
  const arrived = (): readonly string[] =>
    endpoint.requests.map(({ headers }) => headers['webhook-id'] ?? '');
  return {
    tenant,
    missing: () => {
      const here = new Set(arrived());
      return posted.filter((id) => !here.has(id));
    },
    repeated: () =>
      endpoint.requests
        .filter(
          ({ headers }, i) =>
            headers['fanfare-attempt'] !== '1' || arrived().indexOf(headers['webhook-id'] ?? '') < i,
        )
        .map(({ headers }) => `${headers['webhook-id']} attempt ${headers['fanfare-attempt']}`),
    stop: async () => {
      clearInterval(timer);
      post();
      await Promise.all(posts);
    },
  };
}
