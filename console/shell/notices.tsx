import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { ApiError } from '../data/transport.ts';

interface Notices {
  readonly items: readonly FlashbarProps.MessageDefinition[];
  /** Good news. */
  tell(content: ReactNode): void;
  /** What went wrong, in the API's words. */
  fail(error: unknown): void;
}

const NoticesContext = createContext<Notices | null>(null);

export function useNotices(): Notices {
  const notices = useContext(NoticesContext);
  if (notices === null) throw new Error('useNotices outside NoticesProvider');
  return notices;
}

let lastId = 0;

export function NoticesProvider({ children }: { readonly children: ReactNode }) {
  const [items, setItems] = useState<readonly FlashbarProps.MessageDefinition[]>([]);
  const add = useCallback((type: FlashbarProps.Type, content: ReactNode) => {
    const id = String(++lastId);
    const dismiss = () => setItems((all) => all.filter((item) => item.id !== id));
    setItems((all) => [{ id, type, content, dismissible: true, onDismiss: dismiss }, ...all].slice(0, 3));
  }, []);
  const notices = useMemo(
    (): Notices => ({
      items,
      tell: (content) => add('success', content),
      fail: (error) => add('error', wordsOf(error)),
    }),
    [items, add],
  );
  return <NoticesContext.Provider value={notices}>{children}</NoticesContext.Provider>;
}

export function NoticesBar() {
  const { items } = useNotices();
  return <Flashbar items={items} />;
}

/** An error's message and its details, in one line. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error);
  return [error.message, ...error.faults.map((fault) => `${fault.pointer}: ${fault.detail}`)].join(' ');
}
