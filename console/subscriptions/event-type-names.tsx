import { UserText } from '../parts/user-text.tsx';

const SHOWN = 3;

/** `order.*, customer.created and 4 more`; `*` in words. */
export function EventTypeNames({ names }: { readonly names: readonly string[] }) {
  if (names.includes('*')) return <>All events</>;
  const more = names.length - SHOWN;
  return (
    <UserText>
      {names.slice(0, SHOWN).join(', ')}
      {more > 0 && ` and ${more} more`}
    </UserText>
  );
}
