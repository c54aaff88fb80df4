import { useQuery } from '@tanstack/react-query';
import type { EventTypeBody } from '../../contract/api.ts';
import { useApi } from '../session/access.tsx';
import { elementTexts, memberText } from './json-text.ts';

/** An event type with its schema and example as they were written, token for token; null for none. */
export interface CatalogueEntry extends EventTypeBody {
  readonly id: string;
  readonly schemaText: string | null;
  readonly exampleText: string | null;
}

const MOST = 250;

/** The event types on record (up to 250), by name. */
export function useCatalogue() {
  const api = useApi();
  return useQuery({
    queryKey: ['event-types'],
    staleTime: 60_000,
    queryFn: async (): Promise<readonly CatalogueEntry[]> => {
      const { body, text } = await api.listEventTypes({ limit: MOST });
      const texts = elementTexts(memberText(text, 'data') ?? '[]');
      return body.data
        .map((eventType, at) => catalogueEntry(eventType, texts[at] ?? '{}'))
        .sort((a, b) => a.type.localeCompare(b.type));
    },
  });
}

/** `text` is the event type as it stands in the API's answer. */
export function catalogueEntry(eventType: EventTypeBody, text: string): CatalogueEntry {
  return {
    ...eventType,
    id: eventType.type,
    schemaText: present(memberText(text, 'schema')),
    exampleText: present(memberText(text, 'example')),
  };
}

/** Whether a type is one that the list of types and `prefix.*` patterns names; for suggestions, not for rules. */
export function isNamedBy(type: string, names: readonly string[]): boolean {
  return names.some((name) => name === type || (name.endsWith('.*') && type.startsWith(name.slice(0, -1))));
}

function present(text: string | null): string | null {
  return text === 'null' ? null : text;
}
