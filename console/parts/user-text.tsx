import type { ReactNode } from 'react';

/** Text from outside. React shows it as text; this also keeps its writing direction and length to itself. */
export function UserText({ children }: { readonly children: ReactNode }) {
  return <bdi className="user-text">{children}</bdi>;
}
