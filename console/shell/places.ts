import type { SideNavigationProps } from '@cloudscape-design/components/side-navigation';
import { DOCS_PAGE } from '../../contract/console.ts';
import type { Access } from '../session/access.tsx';

/** The navigation of each view. */
export function placesOf({ view, href }: Access): readonly SideNavigationProps.Item[] {
  const link = (text: string, path: string) => ({ type: 'link', text, href: href(path) }) as const;
  const webhooks = [
    link('Subscriptions', '/subscriptions'),
    link('Deliveries', '/deliveries'),
    link('Event types', '/event-types'),
  ];
  if (view === 'consumer') return webhooks;
  return [
    link('Overview', '/overview'),
    { type: 'divider' },
    ...webhooks.slice(0, 2),
    link('Events', '/events'),
    link('Dead letters', '/dead-letters'),
    { type: 'divider' },
    ...webhooks.slice(2),
    link('Tenants', '/tenants'),
    link('API keys', '/keys'),
    link('Tasks', '/tasks'),
    { type: 'divider' },
    { type: 'link', text: 'API reference', href: DOCS_PAGE.path, external: true },
  ];
}

/** The place whose pages include `path`. */
export function activePlace(places: readonly SideNavigationProps.Item[], path: string): string {
  const first = `/${path.split('/')[1] ?? ''}`;
  const active = places.find((place) => place.type === 'link' && place.href.split('?')[0] === first);
  return active?.type === 'link' ? active.href : '';
}
