import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import {
  CONSOLE_ASSETS,
  CONSOLE_ASSETS_MAX_AGE,
  CONSOLE_FILES,
  CONSOLE_HEADERS,
  CONSOLE_POLICY,
  DOCS_PAGE,
  NOT_PLACES,
  NOTHING_THERE,
  PAGE_CACHE_CONTROL,
} from '../contract/console.ts';
import { etagOf, namesEtag } from '../core/etag.ts';
import { buildConsole, CONSOLE_FOLDER } from './console-build.ts';
import { headerOf, NEVER_KEPT, type RawRequest, type RawResponse } from './http/payload.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
};

/** Paths of the API and its neighbours; everything else is the console's. */
const NOT_MINE = /^\/(v1|demo|problems)(\/|$)/;

const NO_PLACE = new RegExp(NOT_PLACES.source, NOT_PLACES.flags);

/** Sites that may show the console in a frame. Locally only this one. */
const FRAME_ANCESTORS = "'self'";

/** Serves the console as CloudFront does in AWS: files by name, the page itself for every other path. */
export class Console {
  readonly #root: string;
  readonly #stop = new AbortController();
  #built: Promise<void> | null = null;

  constructor(root: string) {
    this.#root = root;
  }

  /** Builds the console if its sources changed; again only after a failure. */
  prepare(): Promise<void> {
    this.#built ??= buildConsole(this.#root, this.#stop.signal).catch((error: unknown) => {
      this.#built = null;
      throw error;
    });
    return this.#built;
  }

  /** Ends a build under way. */
  close(): void {
    this.#stop.abort();
  }

  /** Answers a request if it is for the console. */
  async answer(request: RawRequest, path: string): Promise<RawResponse | null> {
    if (NOT_MINE.test(path) || (request.method !== 'GET' && request.method !== 'HEAD')) return null;
    if (NO_PLACE.test(path)) return nothingThere();
    try {
      await this.prepare();
    } catch (error) {
      return plain(503, error instanceof Error ? error.message : String(error));
    }
    const folder = join(this.#root, CONSOLE_FOLDER);
    const file = fileOf(path);
    const body = await readIfThere(join(folder, file));
    if (body === null) return plain(404, 'Not Found');
    const headers = { ...headersOf(path, file), etag: etagOf(body) };
    const known = headerOf(request, 'if-none-match');
    if (known !== null && namesEtag(known, headers.etag)) {
      return { status: 304, headers, body: Buffer.alloc(0) };
    }
    return { status: 200, headers, body };
  }
}

function fileOf(path: string): string {
  if (path === DOCS_PAGE.path) return inside(DOCS_PAGE.file);
  return CONSOLE_FILES.some((start) => path.startsWith(start)) ? inside(path) : 'index.html';
}

function headersOf(path: string, file: string): Readonly<Record<string, string>> {
  const lasting = path.startsWith(CONSOLE_ASSETS);
  return {
    ...CONSOLE_HEADERS,
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': policy(),
    'cache-control': lasting ? `public, max-age=${CONSOLE_ASSETS_MAX_AGE}, immutable` : PAGE_CACHE_CONTROL,
  };
}

/** The path without a way out of the folder. */
function inside(path: string): string {
  return normalize(path)
    .split(sep)
    .filter((part) => part !== '..')
    .join(sep);
}

function policy(): string {
  const directives = Object.entries({ ...CONSOLE_POLICY, 'frame-ancestors': FRAME_ANCESTORS });
  return directives.map(([name, value]) => `${name} ${value}`).join('; ');
}

async function readIfThere(file: string): Promise<Buffer | null> {
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return null;
    throw error;
  }
}

function nothingThere(): RawResponse {
  const { type, body } = NOTHING_THERE;
  return { status: 404, headers: { 'content-type': type, ...NEVER_KEPT }, body: Buffer.from(body) };
}

function plain(status: number, text: string): RawResponse {
  const headers = { 'content-type': 'text/plain; charset=utf-8', ...NEVER_KEPT };
  return { status, headers, body: Buffer.from(text) };
}
