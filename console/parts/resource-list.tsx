import Cards from '@cloudscape-design/components/cards';
import Header from '@cloudscape-design/components/header';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { ReactNode } from 'react';
import type { PagedList } from '../data/paged-list.ts';
import { useNarrow } from '../shell/narrow.ts';
import { EmptyState } from './empty-state.tsx';
import { ProblemAlert } from './problem.tsx';

/** For things with an `id`. */
export function byId({ id }: { readonly id: string }): string {
  return id;
}

export interface Column<Item> {
  readonly id: string;
  readonly header: string;
  readonly cell: (item: Item) => ReactNode;
  readonly minWidth?: number;
}

interface Props<Item> {
  /** What the list holds, in the plural: `Deliveries`. */
  readonly name: string;
  readonly description?: ReactNode;
  /** Whether this is what the page is about. */
  readonly main?: boolean;
  readonly idOf: (item: Item) => string;
  readonly list: PagedList<Item>;
  /** The first column names the row. */
  readonly columns: readonly [Column<Item>, ...Column<Item>[]];
  readonly filter?: ReactNode;
  readonly actions?: ReactNode;
  /** Shown when there is nothing: what would be here, and how to get it there. */
  readonly empty: ReactNode;
  readonly selection?: Selection<Item>;
}

interface Selection<Item> {
  readonly items: readonly Item[];
  onChange(items: readonly Item[]): void;
}

/** A page of a list: a table where there is room for one, cards on a phone. */
export function ResourceList<Item>(props: Props<Item>) {
  const { name, description, main = false, idOf, list, filter, actions, empty } = props;
  const narrow = useNarrow();
  const header = (
    <Header
      variant={main ? 'h1' : 'h2'}
      description={description}
      actions={actions}
      counter={counterOf(list)}
    >
      {name}
    </Header>
  );
  const pagination =
    list.knownPages > 1 || list.openEnd ? (
      <Pagination
        currentPageIndex={list.page}
        pagesCount={list.knownPages}
        openEnd={list.openEnd}
        onChange={({ detail }) => list.goTo(detail.currentPageIndex)}
      />
    ) : undefined;
  const shared = {
    items: list.items,
    trackBy: idOf,
    loading: list.loading && list.items.length === 0,
    loadingText: `Loading ${name.toLowerCase()}`,
    header,
    pagination,
    filter,
    empty:
      list.error === null ? empty : <EmptyState title={`${name} could not be loaded`}>{null}</EmptyState>,
  };
  return (
    <SpaceBetween size="m">
      {list.error !== null && <ProblemAlert error={list.error} onRetry={list.reload} />}
      {narrow ? <AsCards {...props} shared={shared} /> : <AsTable {...props} shared={shared} />}
    </SpaceBetween>
  );
}

interface Shared<Item> {
  readonly shared: {
    readonly items: readonly Item[];
    readonly trackBy: (item: Item) => string;
    readonly loading: boolean;
    readonly loadingText: string;
    readonly header: ReactNode;
    readonly pagination: ReactNode;
    readonly filter: ReactNode;
    readonly empty: ReactNode;
  };
}

function AsTable<Item>({ name, idOf, columns, selection, shared }: Props<Item> & Shared<Item>) {
  return (
    <Table<Item>
      {...shared}
      {...selectionProps(name, idOf, selection)}
      columnDefinitions={columns.map((column, at) => ({ ...column, isRowHeader: at === 0 }))}
      ariaLabels={labels(name, idOf)}
      enableKeyboardNavigation
      wrapLines
    />
  );
}

function AsCards<Item>({ name, idOf, columns, selection, shared }: Props<Item> & Shared<Item>) {
  const [first, ...rest] = columns;
  return (
    <Cards<Item>
      {...shared}
      {...selectionProps(name, idOf, selection)}
      cardDefinition={{
        header: (item) => first.cell(item),
        sections: rest.map(({ id, header, cell }) => ({ id, header, content: cell })),
      }}
      ariaLabels={labels(name, idOf)}
    />
  );
}

function selectionProps<Item>(
  name: string,
  idOf: (item: Item) => string,
  selection: Selection<Item> | undefined,
) {
  if (selection === undefined) return {};
  return {
    selectionType: 'multi' as const,
    selectedItems: selection.items,
    onSelectionChange: ({ detail }: { detail: { selectedItems: readonly Item[] } }) =>
      selection.onChange(detail.selectedItems),
    ariaLabels: labels(name, idOf),
  };
}

function labels<Item>(name: string, idOf: (item: Item) => string) {
  return {
    tableLabel: name,
    cardsLabel: name,
    selectionGroupLabel: `Select ${name.toLowerCase()}`,
    itemSelectionLabel: (_: unknown, item: Item) => `Select ${idOf(item)}`,
    allItemsSelectionLabel: () => `Select all ${name.toLowerCase()} of this page`,
  };
}

/** A number only where it is the true one. */
function counterOf({ items, page, openEnd, knownPages, loading }: PagedList<unknown>): string | undefined {
  if (loading || items.length === 0) return undefined;
  return page === 1 && knownPages === 1 ? `(${items.length}${openEnd ? '+' : ''})` : undefined;
}
