import { useEffect } from 'react';
import { useLocation } from 'wouter';

/**
 * Turns clicks on links within the console into changes of place without a reload. One listener for all, because
 * links come out of many components; clicks that ask for a new tab or window keep their meaning.
 */
export function useFollowLinks(): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    const onClick = (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0) return;
      if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      if (!(link instanceof HTMLAnchorElement) || link.target === '_blank' || link.hasAttribute('download'))
        return;
      const url = new URL(link.href);
      if (url.origin !== window.location.origin || /^\/(v1|docs|demo)(\/|$)/.test(url.pathname)) return;
      if (link.getAttribute('href')?.startsWith('#')) return;
      event.preventDefault();
      navigate(url.pathname + url.search);
      window.scrollTo(0, 0);
    };
    document.addEventListener('click', onClick);
    return () => document.removeEventListener('click', onClick);
  }, [navigate]);
}
