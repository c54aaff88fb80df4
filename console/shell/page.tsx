import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect } from 'react';
import { useAccess } from '../session/access.tsx';
import { useLook } from './look-provider.tsx';

interface Props {
  readonly title: string;
  readonly description?: ReactNode;
  readonly actions?: ReactNode;
  /** The list this page belongs to, as text and path. */
  readonly within?: readonly [text: string, path: string];
  /** Whether the content brings the heading. */
  readonly plain?: boolean;
  readonly children: ReactNode;
}

/** A page's heading, the way back, and its content. */
export function Page({ title, description, actions, within, plain = false, children }: Props) {
  const { href } = useAccess();
  const { look } = useLook();
  useEffect(() => {
    document.title = `${title} · Fanfare`;
  }, [title]);
  return (
    <ContentLayout
      defaultPadding={!look.embed}
      breadcrumbs={
        within && (
          <BreadcrumbGroup
            items={[
              { text: within[0], href: href(within[1]) },
              { text: title, href: '#' },
            ]}
          />
        )
      }
      header={
        plain ? undefined : (
          <Header variant="h1" description={description} actions={actions}>
            <span className="user-text">{title}</span>
          </Header>
        )
      }
    >
      <SpaceBetween size="l">{children}</SpaceBetween>
    </ContentLayout>
  );
}
