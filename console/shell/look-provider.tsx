import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { applyLook, isDark, type Look, type Theme } from './look.ts';
import { storeLook } from './look-store.ts';

interface LookState {
  readonly look: Look;
  readonly dark: boolean;
  setTheme(theme: Theme): void;
}

const LookContext = createContext<LookState | null>(null);

export function useLook(): LookState {
  const state = useContext(LookContext);
  if (state === null) throw new Error('useLook outside LookProvider');
  return state;
}

export function LookProvider({ first, children }: { readonly first: Look; readonly children: ReactNode }) {
  const [look, setLook] = useState(first);
  const [dark, setDark] = useState(() => isDark(first.theme));

  useEffect(() => {
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    const apply = () => {
      void applyLook(look);
      setDark(isDark(look.theme));
    };
    apply();
    system.addEventListener('change', apply);
    return () => system.removeEventListener('change', apply);
  }, [look]);

  const state = useMemo(
    () => ({
      look,
      dark,
      setTheme: (theme: Theme) => {
        const next = { ...look, theme };
        storeLook(next);
        setLook(next);
      },
    }),
    [look, dark],
  );
  return <LookContext.Provider value={state}>{children}</LookContext.Provider>;
}
