import AppLayout from '@cloudscape-design/components/app-layout';
import SideNavigation from '@cloudscape-design/components/side-navigation';
import { useLocation } from 'wouter';
import { useAccess } from '../session/access.tsx';
import { EmbedNavigation } from './embed-navigation.tsx';
import { useFollowLinks } from './follow-links.ts';
import { useLook } from './look-provider.tsx';
import { NoticesBar } from './notices.tsx';
import { activePlace, placesOf } from './places.ts';
import { Routes } from './routes.tsx';
import { TopBar } from './top-bar.tsx';

/** The frame around every page. */
export function Shell() {
  const access = useAccess();
  const { look } = useLook();
  const [path] = useLocation();
  useFollowLinks();
  const places = placesOf(access);
  const active = activePlace(places, path);

  return (
    <>
      {!look.embed && (
        <div id="top-bar">
          <TopBar />
        </div>
      )}
      <AppLayout
        headerSelector="#top-bar"
        toolsHide
        navigationHide={look.embed}
        navigationWidth={220}
        navigation={<SideNavigation activeHref={active} items={places} />}
        notifications={<NoticesBar />}
        stickyNotifications
        contentType="table"
        content={
          <>
            {look.embed && <EmbedNavigation places={places} active={active} />}
            <Routes />
          </>
        }
      />
    </>
  );
}
