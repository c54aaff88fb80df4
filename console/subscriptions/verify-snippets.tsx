import Box from '@cloudscape-design/components/box';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import { CodeText, CopyText } from '../parts/json-view.tsx';
import { SNIPPETS } from './snippets.ts';

/** Receivers to copy that verify the signature and answer at once. */
export function VerifySnippets() {
  const [id, setId] = useState('node');
  const snippet = SNIPPETS.find((each) => each.id === id);
  if (snippet === undefined) return null;
  return (
    <SpaceBetween size="s">
      <SegmentedControl
        label="Language"
        selectedId={id}
        onChange={({ detail }) => setId(detail.selectedId)}
        options={SNIPPETS.map((each) => ({ id: each.id, text: each.language }))}
      />
      <Box>
        <Box variant="code">{snippet.install}</Box>{' '}
        <CopyText text={snippet.install} label="Copy install command" />
      </Box>
      <CodeText text={snippet.code} label={`Receiver in ${snippet.language}`} />
      <CopyToClipboard
        variant="button"
        textToCopy={snippet.code}
        copyButtonText="Copy code"
        copySuccessText="Copied"
        copyErrorText="Could not copy"
      />
    </SpaceBetween>
  );
}
