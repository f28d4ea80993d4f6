/** Lines that call the API, with somebody's own ids: a customer joins, buys, and is asked for the balance. */

interface Mine {
  readonly baseUrl: string;
  /** What stands where the key belongs. */
  readonly key: string;
  readonly storeId: string;
  /** `undefined` if the store has no open program. */
  readonly programId: string | undefined;
}

export interface Lines {
  readonly shell: string;
  readonly python: string;
  readonly javascript: string;
  /** A server that takes webhooks. */
  readonly receiver: string;
}

/** It checks who has sent it, as Standard Webhooks says, and keeps nothing else. */
const RECEIVER = `// Save it as receiver.mjs, put in the secret of your webhook, and run: node receiver.mjs
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const SECRET = 'whsec_…';
const PORT = 4000;

function isOurs(headers, body) {
  // Who has overheard a message cannot send it again later.
  if (!(Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300)) return false;
  const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64');
  const signed = headers['webhook-id'] + '.' + headers['webhook-timestamp'] + '.' + body;
  const expected = Buffer.from('v1,' + createHmac('sha256', key).update(signed).digest('base64'));
  const given = (headers['webhook-signature'] ?? '').split(' ').map((each) => Buffer.from(each));
  return given.some((each) => each.length === expected.length && timingSafeEqual(each, expected));
}

createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (part) => (body += part));
  request.on('end', () => {
    if (!isOurs(request.headers, body)) return response.writeHead(401).end('The signature is wrong.');
    const event = JSON.parse(body);
    console.log(event.type, event.data);
    response.end('thanks');
  });
}).listen(PORT, () => console.log('Waiting for webhooks at port ' + PORT));
`;

export function examples({ baseUrl, key, storeId, programId }: Mine): Lines {
  if (programId === undefined) return withoutProgram(baseUrl, key, storeId);
  return {
    shell: `KEY='${key}'
URL='${baseUrl}'

curl -s "$URL/enrollInLoyaltyProgram" -H "Authorization: Bearer $KEY" \\
  -d '{"programId": "${programId}", "userId": "anna"}'; echo

curl -s "$URL/addLoyaltyPoints" -H "Authorization: Bearer $KEY" \\
  -H 'Idempotency-Key: receipt-1' \\
  -d '{"programId": "${programId}", "userId": "anna", "purchaseAmount": 12.90}'; echo

curl -s "$URL/getCustomerBalance?programId=${programId}&userId=anna" \\
  -H "Authorization: Bearer $KEY"; echo
`,
    python: `# pip install beep-sdk
import beep.client
from beep import BeepClient

beep.client.API_BASE = "${baseUrl}"
client = BeepClient("${key}")

print(client.loyalty.get_customer_balance("${programId}", "anna"))
`,
    javascript: `// On your server: a live secret key does not belong into a page.
async function call(action, body, headers = {}) {
  const answer = await fetch('${baseUrl}/' + action, {
    method: 'POST',
    headers: { Authorization: 'Bearer ${key}', ...headers },
    body: JSON.stringify(body),
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error + ': ' + told.message);
  return told;
}

const member = { programId: '${programId}', userId: 'anna' };
await call('enrollInLoyaltyProgram', member);
await call('addLoyaltyPoints', { ...member, purchaseAmount: 12.9 }, { 'Idempotency-Key': 'receipt-1' });
console.log(await call('getCustomerBalance', member));
`,
    receiver: RECEIVER,
  };
}

/** Without a program there is only the store to look at. */
function withoutProgram(baseUrl: string, key: string, storeId: string): Lines {
  return {
    shell: `curl -s '${baseUrl}/fetchStore?storeId=${storeId}' -H 'Authorization: Bearer ${key}'; echo\n`,
    python: `# pip install beep-sdk
import beep.client
from beep import BeepClient

beep.client.API_BASE = "${baseUrl}"
client = BeepClient("${key}")

print(client.loyalty.get_store_programs("${storeId}"))
`,
    javascript: `const answer = await fetch('${baseUrl}/fetchStore', {
  method: 'POST',
  headers: { Authorization: 'Bearer ${key}' },
  body: JSON.stringify({ storeId: '${storeId}' }),
});
console.log(await answer.json());
`,
    receiver: RECEIVER,
  };
}
