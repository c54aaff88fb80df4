import { useSyncExternalStore } from 'react';

/** Cloudscape's own limit between a phone and wider screens. */
const NARROW = '(max-width: 688px)';

/** Whether the page is as narrow as a phone. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const media = window.matchMedia(NARROW);
      media.addEventListener('change', onChange);
      return () => media.removeEventListener('change', onChange);
    },
    () => window.matchMedia(NARROW).matches,
  );
}
