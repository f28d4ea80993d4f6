// Runs the consent page's script with a form that was filled in and sent, and sent again once an
// account was chosen; prints what is offered, and where it goes or what it shows. argv: the script,
// the page's address, the address to sign in, the values.
"use strict";
const fs = require("node:fs");
const vm = require("node:vm");

const [script, page, signIn, values] = process.argv.slice(2);
const { account: chosen, ...typed } = JSON.parse(values);
const problem = { hidden: true, textContent: "" };
const form = { addEventListener: (_, send) => { form.send = send; } };
for (const [name, value] of Object.entries(typed)) form[name] = { value };
const offered = [];
form.account = { append: (option) => offered.push(option.textContent), focus() {} };
const person = { hidden: false }, choice = { hidden: true }, button = { disabled: false };
const found = {
  main: { dataset: { signIn } }, form, button, "form .problem": problem,
  "#person": person, "#choice": choice,
};
const went = [];
vm.runInNewContext(fs.readFileSync(script, "utf8"), {
  document: { querySelector: (selector) => found[selector], createElement: () => ({}) },
  location: { search: new URL(page).search, replace: (url) => went.push(url) },
  fetch: (url, options) => fetch(new URL(url, page), options),
  URLSearchParams,
});
async function run() {
  await form.send({ preventDefault() {} });
  if (!choice.hidden && chosen) {
    if (!person.disabled || button.disabled) throw new Error("The choice cannot be sent.");
    form.account.value = chosen;
    await form.send({ preventDefault() {} });
  }
  const shown = problem.hidden ? null : problem.textContent;
  process.stdout.write(JSON.stringify({ went, offered, problem: shown }));
}
run();
