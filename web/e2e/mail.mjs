/** Mailed sign-in links: the Auth emulator mails none, and tells what would stand in them. */

import { facts } from './browser.mjs';

/** Ask for a link in the form that the page shows; return where it leads: the app, with the code. */
export async function askForLink(page, email) {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByRole('button', { name: 'Mail me a link' }).click();
  await page.getByText(`We have mailed a link to ${email}`).waitFor();
  return linkMailedTo(email);
}

/** Return where the newest link leads that was mailed to an address. */
export async function linkMailedTo(email) {
  const link = new URL(await mailedTo(email));
  const target = new URL(link.searchParams.get('continueUrl'));
  for (const name of ['mode', 'oobCode', 'apiKey', 'lang']) {
    target.searchParams.set(name, link.searchParams.get(name) ?? 'en');
  }
  return target.href;
}

async function mailedTo(address) {
  const url = `http://${facts.authHost}/emulator/v1/projects/${facts.projectId}/oobCodes`;
  const { oobCodes } = await (await fetch(url)).json();
  return oobCodes.findLast((each) => each.email === address.toLowerCase())?.oobLink;
}
