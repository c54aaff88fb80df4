import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMemo, useState } from 'react';
import { jsonFault, prettyJson } from '../data/json-text.ts';

interface Props {
  /** JSON text, or any other text. */
  readonly text: string;
  /** Says what the text is. */
  readonly label: string;
}

/** JSON as it was sent, token for token; indented or exactly as it came. What is shown is what is copied. */
export function JsonView({ text, label }: Props) {
  const isJson = useMemo(() => jsonFault(text) === null, [text]);
  const [form, setForm] = useState('pretty');
  const shown = isJson && form === 'pretty' ? prettyJson(text) : text;
  return (
    <SpaceBetween size="xs">
      <Box>
        <SpaceBetween size="xs" direction="horizontal" alignItems="center">
          {isJson && (
            <SegmentedControl
              label={`View of ${label.toLowerCase()}`}
              selectedId={form}
              onChange={({ detail }) => setForm(detail.selectedId)}
              options={[
                { id: 'pretty', text: 'Pretty' },
                { id: 'raw', text: 'As sent' },
              ]}
            />
          )}
          <CopyText text={shown} label={`Copy ${label.toLowerCase()}`} />
        </SpaceBetween>
      </Box>
      <CodeText text={shown} label={label} />
    </SpaceBetween>
  );
}

/** Text in the hand of a typewriter; scrolls by keyboard when it is long. */
export function CodeText({ text, label }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: long text must be reachable to be scrolled by keyboard (WCAG 2.1.1)
    <section className="code-text" tabIndex={0} aria-label={label}>
      <pre>{text}</pre>
    </section>
  );
}

export function CopyText({ text, label }: Props) {
  return (
    <CopyToClipboard
      variant="icon"
      textToCopy={text}
      copyButtonAriaLabel={label}
      copySuccessText="Copied"
      copyErrorText="Could not copy"
    />
  );
}

/** An id, which people paste elsewhere. */
export function CopyableId({ id }: { readonly id: string }) {
  return (
    <span className="copy-id">
      <CopyToClipboard
        variant="inline"
        textToCopy={id}
        copyButtonAriaLabel={`Copy ${id}`}
        copySuccessText="Copied"
        copyErrorText="Could not copy"
      />
    </span>
  );
}
