import { type ComponentType, lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { NothingHere, ReadOnly } from '../parts/problem.tsx';
import { useAccess } from '../session/access.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { PageLoading } from './page-loading.tsx';

type PageProps = { readonly params: Readonly<Record<string, string | undefined>> };
type Load = () => Promise<{ readonly default: ComponentType<{ readonly id: string }> }>;

/** A page that is loaded when first visited. Its address's `:id`, if any, is its one property. */
function page(load: Load): ComponentType<PageProps> {
  const Loaded = lazy(load);
  return ({ params }) => <Loaded key={params.id} id={decodeURIComponent(params.id ?? '')} />;
}

const COMMON = {
  '/subscriptions': page(() => import('../subscriptions/list-page.tsx')),
  '/subscriptions/:id': page(() => import('../subscriptions/detail-page.tsx')),
  '/deliveries': page(() => import('../deliveries/list-page.tsx')),
  '/deliveries/:id': page(() => import('../deliveries/detail-page.tsx')),
  '/events/:id': page(() => import('../events/detail-page.tsx')),
  '/event-types': page(() => import('../event-types/list-page.tsx')),
  '/event-types/:id': page(() => import('../event-types/detail-page.tsx')),
  '/tasks/:id': page(() => import('../tasks/detail-page.tsx')),
};

/** Before the others: `new` would pass for an id. */
const WRITING = {
  '/subscriptions/new': page(() => import('../subscriptions/create-page.tsx')),
  '/subscriptions/:id/edit': page(() => import('../subscriptions/edit-page.tsx')),
};
const READ_ONLY = Object.fromEntries(Object.keys(WRITING).map((path) => [path, ReadOnly]));

const OPERATOR = {
  '/overview': page(() => import('../overview/overview-page.tsx')),
  '/events': page(() => import('../events/list-page.tsx')),
  '/dead-letters': page(() => import('../dead-letters/dead-letters-page.tsx')),
  '/tenants': page(() => import('../tenants/list-page.tsx')),
  '/keys': page(() => import('../keys/list-page.tsx')),
  '/tasks': page(() => import('../tasks/list-page.tsx')),
};

export function Routes() {
  const { view, href, canWrite } = useAccess();
  const writing = canWrite ? WRITING : READ_ONLY;
  const pages = { ...writing, ...COMMON, ...(view === 'operator' ? OPERATOR : {}) };
  return (
    <ErrorBoundary>
      <Suspense fallback={<PageLoading />}>
        <Switch>
          {Object.entries(pages).map(([path, component]) => (
            <Route key={path} path={path} component={component} />
          ))}
          <Route path="/">
            <Redirect to={href(view === 'operator' ? '/overview' : '/subscriptions')} replace />
          </Route>
          <Route>
            <NothingHere />
          </Route>
        </Switch>
      </Suspense>
    </ErrorBoundary>
  );
}
