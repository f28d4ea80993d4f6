// Judges what a test sends as JSON by the vendors' own libraries, and answers as JSON.
import "@shopify/shopify-api/adapters/web-api";
import { shopifyApi } from "@shopify/shopify-api";
import { AppServer, InMemoryShopRepository } from "@shopware-ag/app-server-sdk";

const asked = JSON.parse(await new Response(process.stdin).text());

const shopify = shopifyApi({
  apiKey: "fake-id",
  apiSecretKey: asked.shopify.secret,
  hostName: "api.example.com",
  isEmbeddedApp: false,
  apiVersion: "2026-10",
  logger: { log: () => {} },
});

async function isGenuine({ headers, body }) {
  const rawRequest = new Request("https://api.example.com/", { method: "POST", headers, body });
  return (await shopify.webhooks.validate({ rawBody: body, rawRequest })).valid;
}

async function isSigned(query) {
  try {
    return await shopify.utils.validateHmac(query);
  } catch {
    return false; // Too old, or without a signature.
  }
}

const shopware = new AppServer(
  {
    appName: asked.shopware.appName,
    appSecret: asked.shopware.appSecret,
    authorizeCallbackUrl: "https://api.example.com/confirm",
    enforceDoubleSignature: true,
  },
  new InMemoryShopRepository(),
);

// The library makes its own secrets, so it signs for the shop what the shop would sign.
async function registered({ query, bySignature, byShop, confirmation }) {
  const headers = { "shopware-app-signature": bySignature };
  if (byShop) headers["shopware-shop-signature"] = await shopware.signer.sign(query, last.secret);
  const request = new Request(`https://api.example.com/register?${query}`, { headers });
  const answer = await shopware.registration.authorize(request);
  if (answer.status !== 200) return { status: answer.status };
  const { proof, secret } = await answer.json();
  const signed = { "shopware-shop-signature": await shopware.signer.sign(confirmation, secret) };
  if (byShop) {
    const before = await shopware.signer.sign(confirmation, last.secret);
    signed["shopware-shop-signature-previous"] = before;
  }
  const body = new Request("https://api.example.com/confirm", {
    method: "POST",
    headers: signed,
    body: confirmation,
  });
  const confirmed = await shopware.registration.authorizeCallback(body);
  if (confirmed.status < 300) last.secret = secret;
  return { status: answer.status, proof, confirmed: confirmed.status };
}

const last = {};
const answers = { shopify: [], queries: [], shopware: [] };
for (const each of asked.shopify.notices) answers.shopify.push(await isGenuine(each));
for (const each of asked.shopify.queries) answers.queries.push(await isSigned(each));
for (const each of asked.shopware.requests) answers.shopware.push(await registered(each));
console.log(JSON.stringify(answers));
