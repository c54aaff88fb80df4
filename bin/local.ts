import { existsSync, readdirSync, rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Files of the cache, one for each module that was loaded and for each change of it, beyond which it begins anew. */
const MOST = 4_000;

// Before anything else is loaded: half of the time to start went into compiling what was compiled the last time.
const cache = fileURLToPath(new URL('../.local/compile-cache', import.meta.url));
if (existsSync(cache) && readdirSync(cache, { recursive: true }).length > MOST) {
  rmSync(cache, { recursive: true, force: true });
}
enableCompileCache(cache);
await import('../local/main.ts');
