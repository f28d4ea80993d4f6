/**
 * Which page an address below `/console/programs` names. A table, and no condition between two
 * imports: those the build would fold into one, which loads the styles of only one of them.
 */

import type { Page } from '../sections.ts';

const PAGES: Readonly<Record<string, () => Promise<Page>>> = {
  '': () => import('./list.tsx'),
  poster: () => import('./poster/poster-page.tsx'),
  new: () => import('./wizard.tsx'),
};

const program = (): Promise<Page> => import('./program-page.tsx');

export const loadProgramsPage = (id: string): Promise<Page> => (PAGES[id] ?? program)();
