/** Die Worte der Karte zu Prämien und zu dem, was reserviert ist. */

import type { Words } from './en.ts';

export const rewards: Words['rewards'] = {
  title: 'Prämien',
  none: 'Es gibt noch keine Prämien.',
  get: 'Holen',
  missing: (amount) => `Noch ${amount}`,
  needsTier: (tier) => `für ${tier}`,
  hold: 'Diesen Code an der Kasse zeigen',
  until: (time, amount) => `Reserviert bis ${time}. Nutzt ihn bis dahin niemand, bekommen Sie ${amount} zurück.`,
  reserved: 'Für Sie reserviert: siehe oben.',
  notNow: 'Diese Reservierung gilt gerade nicht',
  lacks: (amount) => `Der Laden hat etwas zurückgenommen. Noch ${amount}, dann ist der Code wieder da.`,
  release: 'Zurückgeben',
  ranOut: 'ist nicht mehr für Sie reserviert: Die Zeit ist um, und der Code gilt nicht mehr.',
  inShop: 'Für den Onlineshop',
  shopCode: 'Diesen Code im Onlineshop eingeben',
  spend: (cost) => `${cost} dafür ausgeben? Einen Code des Onlineshops kann man hier nicht zurückgeben.`,
  spendForCode: (cost) => `${cost} dafür ausgeben? Sie bekommen den Code und können ihn hier nicht zurückgeben.`,
  spendYes: 'Ja, holen',
};
