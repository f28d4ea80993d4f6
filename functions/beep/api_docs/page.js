"use strict";

const base = new URL(document.body.dataset.api, location.href).href.replace(/\/$/, "");
const key = document.getElementById("key");
const filter = document.getElementById("filter");
const operations = [...document.querySelectorAll(".operation")];

document.querySelector("#here code").textContent = base;
document.getElementById("here").hidden = false;
document.getElementById("tools").hidden = false;

// Filter: by the words of an operation's line. Groups without any are hidden.
filter.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\s+/);
  let shown = 0;
  for (const operation of operations) {
    const text = operation.firstElementChild.textContent.toLowerCase();
    operation.hidden = !words.every((word) => text.includes(word));
    shown += operation.hidden ? 0 : 1;
  }
  for (const group of document.querySelectorAll("section.group")) {
    group.hidden = !group.querySelector(".operation:not([hidden])");
  }
  document.getElementById("found").textContent = filter.value ? `${shown} found` : "";
});

// The key is in its field and nowhere else: it is gone with the page.
key.addEventListener("input", () => {
  document.getElementById("live").hidden = !key.value.trim().startsWith("bk_live_");
});

// "Try it" is added to an operation when that is opened for the first time; the address leads to it.
for (const operation of document.querySelectorAll(".operation[data-action]")) {
  operation.addEventListener("toggle", () => {
    if (!operation.open) return;
    history.replaceState(null, "", `#${operation.id}`);
    if (!operation.querySelector(".try")) addForm(operation);
  });
}

// A link to an operation opens it.
addEventListener("hashchange", openLinked);
openLinked();

function openLinked() {
  const linked = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (linked instanceof HTMLDetailsElement) {
    linked.open = true;
    linked.scrollIntoView();
  }
}

function addForm(operation) {
  const form = document.getElementById("form").content.firstElementChild.cloneNode(true);
  const body = form.querySelector("textarea");
  const choice = form.querySelector("select");
  const examples = [...operation.querySelectorAll("pre[data-request]")];
  for (const example of examples) choice.add(new Option(example.dataset.request));
  choice.parentElement.hidden = examples.length < 2;
  choice.addEventListener("change", () => {
    body.value = examples[choice.selectedIndex].textContent;
  });
  body.value = examples.length ? examples[0].textContent : "{}";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(operation.dataset.action, form, body.value);
  });
  operation.lastElementChild.append(form);
}

async function send(action, form, body) {
  const status = form.querySelector("output");
  const shown = form.querySelector("pre");
  const button = form.querySelector("button");
  const headers = { "Content-Type": "application/json" };
  if (key.value.trim()) headers.Authorization = `Bearer ${key.value.trim()}`;
  status.textContent = "Waiting for the answer ...";
  shown.hidden = true;
  button.disabled = true;
  const start_ms = performance.now();
  try {
    const answer = await fetch(`${base}/${action}`, {
      method: "POST", headers, body, credentials: "omit", cache: "no-store",
    });
    const text = await answer.text();
    const took_ms = Math.round(performance.now() - start_ms);
    status.textContent = `Status ${answer.status}, after ${took_ms} ms`;
    const isJson = (answer.headers.get("Content-Type") || "").startsWith("application/json");
    shown.textContent = isJson ? indented(text) : text;
    shown.hidden = false;
  } catch (error) {
    status.textContent = `No answer: ${error.message}`;
  } finally {
    button.disabled = false;
  }
}

// Indents JSON and leaves its values as they are, which parsing would not: 12.90, large numbers.
function indented(text) {
  let depth = 0;
  const line = () => "\n" + "  ".repeat(depth);
  const tokens = text.match(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g) || [];
  return tokens.map((token, at) => {
    if (token === "{" || token === "[") {
      const isEmpty = "}]".includes(tokens[at + 1]);
      depth += 1;
      return isEmpty ? token : token + line();
    }
    if (token === "}" || token === "]") {
      depth -= 1;
      return "{[".includes(tokens[at - 1]) ? token : line() + token;
    }
    if (token === ",") return token + line();
    return token === ":" ? ": " : token;
  }).join("");
}
