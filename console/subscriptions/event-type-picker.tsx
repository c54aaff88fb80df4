import Autosuggest from '@cloudscape-design/components/autosuggest';
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import TokenGroup from '@cloudscape-design/components/token-group';
import { useState } from 'react';
import { type CatalogueEntry, isNamedBy, useCatalogue } from '../data/event-types.ts';
import { JsonView } from '../parts/json-view.tsx';
import { UserText } from '../parts/user-text.tsx';

interface Props {
  readonly chosen: readonly string[];
  readonly errorText: string | undefined;
  onChange(types: readonly string[]): void;
}

/** Event types by name or pattern, suggested from the catalogue. None chosen means all. */
export function EventTypePicker({ chosen, errorText, onChange }: Props) {
  const catalogue = useCatalogue();
  const entries = catalogue.data ?? [];
  const [typed, setTyped] = useState('');
  const add = (type: string) => {
    if (type !== '' && !chosen.includes(type)) onChange([...chosen, type]);
    setTyped('');
  };
  return (
    <SpaceBetween size="s">
      <FormField
        label="Event types"
        description={
          chosen.length === 0
            ? 'All events are sent. Choose types to get only those; a pattern such as order.* stands for every type below order.'
            : 'Only events of these types are sent.'
        }
        errorText={errorText}
      >
        <Autosuggest
          value={typed}
          onChange={({ detail }) => setTyped(detail.value)}
          onSelect={({ detail }) => add(detail.value)}
          onKeyDown={(event) => {
            if (event.detail.key !== 'Enter') return;
            event.preventDefault();
            add(typed.trim());
          }}
          options={suggestions(entries, chosen)}
          enteredTextLabel={(value) => `Add "${value}"`}
          placeholder="Find or type an event type"
          ariaLabel="Add an event type"
          statusType={catalogue.isPending ? 'loading' : 'finished'}
          empty="The catalogue is empty; type a name and press Enter."
        />
      </FormField>
      <TokenGroup
        items={chosen.map((type) => ({ label: type, dismissLabel: `Remove ${type}` }))}
        onDismiss={({ detail }) => onChange(chosen.filter((_, at) => at !== detail.itemIndex))}
      />
      <Examples entries={entries.filter(({ type }) => isNamedBy(type, chosen))} />
    </SpaceBetween>
  );
}

function suggestions(entries: readonly CatalogueEntry[], chosen: readonly string[]) {
  const families = new Set(
    entries.flatMap(({ type }) => (type.includes('.') ? [`${type.split('.')[0]}.*`] : [])),
  );
  return [
    {
      label: 'Patterns',
      options: [...families].map((value) => ({
        value,
        description: `Every type that begins with ${value.slice(0, -1)}`,
      })),
    },
    {
      label: 'Types',
      options: entries.map(({ type, description, deprecated }) => ({
        value: type,
        description,
        ...(deprecated ? { labelTag: 'Deprecated' } : {}),
      })),
    },
  ].map((group) => ({ ...group, options: group.options.filter(({ value }) => !chosen.includes(value)) }));
}

function Examples({ entries }: { readonly entries: readonly CatalogueEntry[] }) {
  if (entries.length === 0) return null;
  return (
    <ExpandableSection headerText="What these events look like">
      <SpaceBetween size="m">
        {entries.map(({ type, description, exampleText, schemaText }) => (
          <SpaceBetween key={type} size="xs">
            <Box variant="h4">
              <UserText>{type}</UserText>
            </Box>
            <UserText>{description}</UserText>
            {exampleText !== null && <JsonView text={exampleText} label={`Example of ${type}`} />}
            {schemaText !== null && <JsonView text={schemaText} label={`Schema of ${type}`} />}
          </SpaceBetween>
        ))}
      </SpaceBetween>
    </ExpandableSection>
  );
}
