/** Addresses within a part of a program: its list, something new, and one of the list. */

import { go, parts } from '../../../shared/lib/router.ts';
import type { Program } from './program.ts';

type ListPart = 'rewards' | 'campaigns' | 'more';

export const NEW = 'new';

export const partAddress = ({ programId }: Program, part: string, id = ''): string =>
  `/console/programs/${encodeURIComponent(programId)}/${part}${id && `/${encodeURIComponent(id)}`}`;

/** Which of the list the address names: `new`, an id, or nothing for the list itself. */
export const namedHere = (): string => parts()[4] ?? '';

/** From something new to its list, unless the person has gone elsewhere meanwhile. */
export function goToList(program: Program, part: ListPart): void {
  const [, , , here, id] = parts();
  if (here === part && id === NEW) go(partAddress(program, part));
}

interface BackProps {
  readonly program: Program;
  readonly part: ListPart;
  readonly name: string;
}

export function BackToList({ program, part, name }: BackProps) {
  return (
    <a class="back" href={partAddress(program, part)}>
      {name}
    </a>
  );
}
