import TopNavigation, { type TopNavigationProps } from '@cloudscape-design/components/top-navigation';
import { useQuery } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { useAccess } from '../session/access.tsx';
import type { Theme } from './look.ts';
import { useLook } from './look-provider.tsx';

/** Name, whose webhooks these are, theme, and the way out. */
export function TopBar() {
  const { view, tenant, href, signOut, canWrite } = useAccess();
  const { look, setTheme } = useLook();
  const tenants = useTenantMenu();
  const title = view === 'operator' ? 'Fanfare' : `Webhooks${tenant === null ? '' : ` · ${tenant}`}`;
  const theme: TopNavigationProps.Utility = {
    type: 'menu-dropdown',
    ariaLabel: 'Theme',
    title: 'Theme',
    text: 'Theme',
    items: (['auto', 'light', 'dark'] as const).map((id) => ({
      id,
      text: { auto: 'As the system', light: 'Light', dark: 'Dark' }[id],
      itemType: 'checkbox' as const,
      checked: look.theme === id,
    })),
    onItemClick: ({ detail }) => setTheme(detail.id as Theme),
  };
  const readOnly: TopNavigationProps.Utility[] = canWrite
    ? []
    : [{ type: 'button', text: 'Read only', iconName: 'lock-private' }];
  const out: TopNavigationProps.Utility = { type: 'button', text: 'Sign out', onClick: () => void signOut() };
  return (
    <TopNavigation identity={{ href: href('/'), title }} utilities={[...tenants, ...readOnly, theme, out]} />
  );
}

/** Which tenant an operator looks at. Many tenants are found on their own page. */
function useTenantMenu(): TopNavigationProps.Utility[] {
  const { api, view, tenant, href } = useAccess();
  const [path, navigate] = useLocation();
  const known = useQuery({
    queryKey: ['tenants', 'menu'],
    enabled: view === 'operator',
    staleTime: 60_000,
    queryFn: async () => (await api.listTenants({ limit: 20 })).body.data.map(({ id }) => id),
  });
  if (view !== 'operator' || tenant === null) return [];
  const ids = [...new Set([tenant, 'default', ...(known.data ?? []), 'fanfare.system'])];
  return [
    {
      type: 'menu-dropdown',
      text: `Tenant: ${tenant}`,
      ariaLabel: `Tenant: ${tenant}`,
      title: 'Tenant',
      items: [
        ...ids.map((id) => ({ id, text: id, itemType: 'checkbox' as const, checked: id === tenant })),
        { id: '/all', text: 'All tenants…' },
      ],
      onItemClick: ({ detail }) => {
        const list = `/${path.split('/')[1] ?? ''}`;
        navigate(detail.id === '/all' ? href('/tenants') : `${list}?tenant=${encodeURIComponent(detail.id)}`);
      },
    },
  ];
}
