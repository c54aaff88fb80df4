import Link from '@cloudscape-design/components/link';
import type { SideNavigationProps } from '@cloudscape-design/components/side-navigation';

interface Props {
  readonly places: readonly SideNavigationProps.Item[];
  readonly active: string;
}

/** Stands in for bar and side navigation where the console is part of another page. */
export function EmbedNavigation({ places, active }: Props) {
  return (
    <nav className="embed-nav" aria-label="Webhooks">
      {places.map((place) =>
        place.type === 'link' ? (
          <span key={place.href} aria-current={place.href === active ? 'page' : undefined}>
            <Link
              href={place.href}
              variant={place.href === active ? 'primary' : 'secondary'}
              fontSize="heading-s"
            >
              {place.text}
            </Link>
          </span>
        ) : null,
      )}
    </nav>
  );
}
