export const shell = {
  pages: 'Pages',
  /** As the head of each page links to them. */
  sections: { till: 'Till', members: 'Members', programs: 'Programs' },
  account: 'Account',
  store: 'Store',
  signOut: 'Sign out',
  signIn: 'Sign in with the address that your shop has given a role.',
  noAccount: 'Nobody has given you a role in a shop yet. Ask the owner.',
  closed: 'The subscription of this shop has ended. Ask the owner.',
  nothing: 'Your role has no page here.',
  storeId: 'Id or link of your store',
  storeIdHint: 'It is on the poster: what follows /s/ in the link.',
  openStore: 'Open the store',
  noStore: 'There is no such store.',
  roles: { owner: 'Owner', manager: 'Manager', cashier: 'Cashier', developer: 'Developer' },
};
