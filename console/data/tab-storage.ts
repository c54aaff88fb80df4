/** This tab's storage, which a browser may refuse to pages in frames; then values last until the next reload. */
const fallback = new Map<string, string>();

export function readTab(name: string): string | null {
  return attempt((storage) => storage.getItem(name)) ?? fallback.get(name) ?? null;
}

export function writeTab(name: string, value: string | null): void {
  if (value === null) fallback.delete(name);
  else fallback.set(name, value);
  attempt((storage) => {
    if (value === null) storage.removeItem(name);
    else storage.setItem(name, value);
  });
}

function attempt<Result>(work: (storage: Storage) => Result): Result | undefined {
  try {
    return work(window.sessionStorage);
  } catch (error) {
    if (error instanceof DOMException) return undefined;
    throw error;
  }
}
