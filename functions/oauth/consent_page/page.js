// Signs in with Firebase Auth, lets an owner of several accounts choose one, and tells the server
// that the person consents. The ID token stays in this variable: no cookie, no storage.
"use strict";

const main = document.querySelector("main");
const form = document.querySelector("form");
const person = document.querySelector("#person");
const choice = document.querySelector("#choice");
const problem = document.querySelector("form .problem");
const button = document.querySelector("button");
let idToken = null;

async function post(url, body, token = null) {
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify(body),
    credentials: "omit",
  });
  return { isOk: answer.ok, body: await answer.json() };
}

async function postOurs(url, body, token) {
  const answer = await post(url, body, token);
  if (!answer.isOk) {
    const { message, error_description: description, fix } = answer.body;
    throw new Error([message ?? description, fix].filter(Boolean).join(" "));
  }
  return answer.body;
}

async function signIn() {
  const answer = await post(main.dataset.signIn, {
    email: form.email.value,
    password: form.password.value,
    returnSecureToken: true,
  });
  if (!answer.isOk || !answer.body.idToken) {
    throw new Error("The e-mail address or the password is wrong, or the sign-in needs a second step, which this page does not know.");
  }
  return answer.body.idToken;
}

async function accountsOf(token) {
  const { accounts } = await postOurs("../api/v1/listMyAccounts", {}, token);
  const owned = accounts.filter((each) => each.role === "owner" && each.isActive);
  if (owned.length === 0) {
    throw new Error("Only an owner lets an app act. This person is owner of no account that has a subscription.");
  }
  return owned;
}

async function allow(token, accountId) {
  const asked = Object.fromEntries(new URLSearchParams(location.search));
  const { redirect } = await postOurs("consent", { ...asked, account_id: accountId }, token);
  location.replace(redirect);
}

function offer(accounts) {
  for (const each of accounts) {
    const option = document.createElement("option");
    option.value = each.accountId;
    option.textContent = `${each.name} (${each.accountId})`;
    form.account.append(option);
  }
  person.hidden = person.disabled = true;
  choice.hidden = choice.disabled = false;
  button.textContent = "Allow";
  button.disabled = false;
  form.account.focus();
}

async function goOn() {
  if (idToken) {
    await allow(idToken, form.account.value);
    return;
  }
  const token = await signIn();
  const accounts = await accountsOf(token);
  if (accounts.length === 1) {
    await allow(token, accounts[0].accountId);
    return;
  }
  idToken = token;
  offer(accounts);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  problem.hidden = true;
  button.disabled = true;
  try {
    await goOn();
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    button.disabled = false;
  }
});
