import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import type { HeaderRow } from './draft.ts';

interface Props {
  readonly headers: readonly HeaderRow[];
  readonly errorText: string | undefined;
  /** Whether the URL leads to another host now, so that no stored value is kept. */
  readonly moved: boolean;
  onChange(headers: readonly HeaderRow[]): void;
}

/** Extra request headers. Values are stored sealed and never come back, so a stored one can only be replaced. */
export function HeadersEditor({ headers, errorText, moved, onChange }: Props) {
  const set = (at: number, part: Partial<HeaderRow>) =>
    onChange(headers.map((row, index) => (index === at ? { ...row, ...part } : row)));
  return (
    <FormField
      label="Custom headers"
      description="Sent with each request, for example to name a route or an API key of yours. Values are stored encrypted and not shown again."
      errorText={errorText}
      warningText={
        moved && headers.some(({ kept }) => kept)
          ? 'The URL leads to another host. Stored values are secrets of the host they were given for: give them again, or remove the headers.'
          : undefined
      }
      stretch
    >
      <AttributeEditor<HeaderRow>
        items={headers}
        addButtonText="Add header"
        removeButtonText="Remove"
        empty="No custom headers."
        onAddButtonClick={() => onChange([...headers, { name: '', value: '', kept: false }])}
        onRemoveButtonClick={({ detail }) => onChange(headers.filter((_, at) => at !== detail.itemIndex))}
        removeButtonAriaLabel={(row) => `Remove header ${row.name}`}
        definition={[
          {
            label: 'Name',
            control: (row, at) => (
              <Input
                value={row.name}
                disabled={row.kept}
                placeholder="X-Api-Key"
                onChange={({ detail }) => set(at, { name: detail.value })}
              />
            ),
          },
          {
            label: 'Value',
            control: (row, at) => (
              <Input
                value={row.value}
                placeholder={placeholderOf(row, moved)}
                autoComplete={false}
                spellcheck={false}
                onChange={({ detail }) =>
                  set(at, { value: detail.value, kept: row.kept && detail.value === '' })
                }
              />
            ),
          },
        ]}
      />
    </FormField>
  );
}

function placeholderOf({ kept }: HeaderRow, moved: boolean): string {
  if (!kept) return '';
  return moved ? 'To be given again' : 'Unchanged';
}
