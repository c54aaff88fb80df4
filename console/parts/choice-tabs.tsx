import Tabs, { type TabsProps } from '@cloudscape-design/components/tabs';
import { useSearchParams } from 'wouter';

interface Props {
  /** The query parameter that remembers the tab, so that a tab has an address. */
  readonly name: string;
  readonly tabs: readonly TabsProps.Tab[];
  readonly ariaLabel: string;
}

/** Tabs that are part of the page's address. */
export function ChoiceTabs({ name, tabs, ariaLabel }: Props) {
  const [params, setParams] = useSearchParams();
  const asked = params.get(name);
  const active = tabs.find(({ id }) => id === asked)?.id ?? tabs[0]?.id ?? '';
  return (
    <Tabs
      tabs={tabs}
      activeTabId={active}
      ariaLabel={ariaLabel}
      onChange={({ detail }) =>
        setParams(
          (before) => {
            const after = new URLSearchParams(before);
            after.set(name, detail.activeTabId);
            return after;
          },
          { replace: true },
        )
      }
    />
  );
}
