/** Answers that come late, in an order that a flow decides. */

/**
 * Hold what a page asks of an address that ends so. What is returned waits for the next request, and
 * returns its route: `continue` it, and the answer comes.
 */
export async function hold(page, address) {
  const held = [];
  const wanted = [];
  await page.route(`**/${address}`, (route) => {
    const take = wanted.shift();
    if (take) take(route);
    else held.push(route);
  });
  return () => (held.length > 0 ? Promise.resolve(held.shift()) : new Promise((take) => wanted.push(take)));
}

/** Let a request go on, and wait until the page has drawn what it makes of the answer. */
export async function answer(page, route) {
  const request = route.request();
  const answered = page.waitForResponse((response) => response.request() === request);
  await route.continue();
  await (await answered).finished();
  await page.evaluate(() => new Promise((drawn) => globalThis.setTimeout(() => globalThis.requestAnimationFrame(drawn))));
}
