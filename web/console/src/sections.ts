/** The console's sections, in the order in which they are offered: each is for who may call what it needs. */

import type { ComponentType } from 'preact';
import { may } from './access.ts';
import { loadDevelopersPage } from './developers/pages.ts';
import type { Words } from './i18n/en.ts';
import { loadProgramsPage } from './programs/pages.ts';

export interface PageProps {
  /** What follows the section in the address, such as a person's id; empty without. */
  readonly id: string;
}

export type Page = { readonly default: ComponentType<PageProps> };

export interface Section {
  /** Its address is `/console/<id>`, its name that of the words. */
  readonly id: keyof Words['shell']['sections'];
  /** Actions of the API without which the section is of no use. */
  readonly needs: readonly string[];
  /** The section from which it is opened: the head has no link to it, and shows that one as open. */
  readonly within?: 'members';
  /** Load the page for what follows the section in the address. */
  readonly load: (id: string) => Promise<Page>;
}

const SECTIONS: readonly Section[] = [
  {
    id: 'start',
    needs: ['getLoyaltyAnalytics'],
    load: () => import('./start/start.tsx'),
  },
  {
    id: 'till',
    needs: ['identifyMember', 'addLoyaltyPoints'],
    load: () => import('./till/till.tsx'),
  },
  {
    id: 'members',
    needs: ['listMembers', 'getMember'],
    load: (id) => (id ? import('./members/member.tsx') : import('./members/members.tsx')),
  },
  {
    id: 'programs',
    needs: ['getLoyaltyPrograms', 'getLoyaltyProgram'],
    load: loadProgramsPage,
  },
  {
    id: 'imports',
    needs: ['importMembers', 'getImportStatus'],
    within: 'members',
    load: () => import('./imports/imports.tsx'),
  },
  {
    id: 'fields',
    needs: ['configureMembers'],
    within: 'members',
    load: () => import('./fields/fields.tsx'),
  },
  {
    id: 'staff',
    needs: ['listStaff', 'listStaffInvitations'],
    load: () => import('./staff/staff.tsx'),
  },
  { id: 'developers', needs: ['listApiKeys'], load: loadDevelopersPage },
];

export const openSections = (): readonly Section[] => SECTIONS.filter((each) => may(...each.needs));

/** Return the address of a page of a section, `undefined` if the person's role has no such section. */
export function linkTo(section: string, page = ''): string | undefined {
  const isOpen = openSections().some(({ id }) => id === section);
  return isOpen ? `/console/${section}${page && `/${encodeURIComponent(page)}`}` : undefined;
}
