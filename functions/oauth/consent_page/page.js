// Signs in with Firebase Auth, and tells the server that the person consents.
// The ID token stays in this variable: no cookie, no storage.
"use strict";

const main = document.querySelector("main");
const form = document.querySelector("form");
const problem = document.querySelector("form .problem");
const button = document.querySelector("button");

async function post(url, body, headers = {}) {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
    credentials: "omit",
  });
  return { isOk: answer.ok, body: await answer.json() };
}

async function allow() {
  const signIn = await post(main.dataset.signIn, {
    email: form.email.value,
    password: form.password.value,
    returnSecureToken: true,
  });
  if (!signIn.isOk || !signIn.body.idToken) {
    throw new Error("The e-mail address or the password is wrong, or the sign-in needs a second step, which this page does not know.");
  }
  const asked = Object.fromEntries(new URLSearchParams(location.search));
  const consent = await post(
    "consent",
    { ...asked, account_id: form.account.value.trim() },
    { Authorization: `Bearer ${signIn.body.idToken}` },
  );
  if (!consent.isOk) {
    const { message, error_description: description, fix } = consent.body;
    throw new Error([message ?? description, fix].filter(Boolean).join(" "));
  }
  location.replace(consent.body.redirect);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  button.disabled = true;
  try {
    await allow();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    button.disabled = false;
  }
});
