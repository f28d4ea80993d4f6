// Runs the consent page's script with a form that was filled in and sent; prints where it goes, or
// what it shows. argv: the script, the page's address, the address to sign in, the values.
"use strict";
const fs = require("node:fs");
const vm = require("node:vm");

const [script, page, signIn, values] = process.argv.slice(2);
const problem = { hidden: true, textContent: "" };
const form = { addEventListener: (_, send) => { form.send = send; } };
for (const [name, value] of Object.entries(JSON.parse(values))) form[name] = { value };
const found = { main: { dataset: { signIn } }, form, "form .problem": problem, button: {} };
const went = [];
vm.runInNewContext(fs.readFileSync(script, "utf8"), {
  document: { querySelector: (selector) => found[selector] },
  location: { search: new URL(page).search, replace: (url) => went.push(url) },
  fetch: (url, options) => fetch(new URL(url, page), options),
  URLSearchParams,
});
form.send({ preventDefault() {} }).then(() => {
  process.stdout.write(JSON.stringify({ went, problem: problem.hidden ? null : problem.textContent }));
});
