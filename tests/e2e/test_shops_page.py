"""The page on shops: who opens the link of an e-mail gets what was bought under the address."""

from __future__ import annotations

import json
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.e2e.conftest import ROOT, Run
from tests.support.pages import blocks, page
from tests.support.shops import order, signed

pytestmark = [pytest.mark.wide, pytest.mark.xdist_group("suite"), pytest.mark.timeout(400)]

SECRET = "fake-webhook-secret-of-a-shop"
APP = """
import { initializeApp } from 'firebase/app';
import {
  connectAuthEmulator, createUserWithEmailAndPassword, getAuth, signInAnonymously,
} from 'firebase/auth';
import { bookWhatWaits, mailLink, signInByMail } from './shops.mjs';

const { facts, programId, anna, ben } = JSON.parse(process.argv[2]);
const auths = ['anna', 'ben', 'thief'].map((name) => {
  const auth = getAuth(initializeApp({ projectId: facts.projectId, apiKey: 'any' }, name));
  connectAuthEmulator(auth, `http://${facts.authHost}`, { disableWarnings: true });
  return auth;
});
const mailed = async (auth, email) => {
  await mailLink(auth, email, 'https://app.example.com/link');
  const url = `http://${facts.authHost}/emulator/v1/projects/${facts.projectId}/oobCodes`;
  const { oobCodes } = await (await fetch(url)).json();
  return oobCodes.findLast((sent) => sent.email === email).oobLink;
};
const book = (user) => bookWhatWaits(facts.baseUrl, user, facts.storeId, 'generic');
const enroll = async (user) => (await (await fetch(`${facts.baseUrl}/enrollInLoyaltyProgram`, {
  method: 'POST',
  headers: { Authorization: `Bearer ${await user.getIdToken()}` },
  body: JSON.stringify({ programId }),
})).json()).message ?? 'enrolled';
const verified = async (user) => (await user.getIdTokenResult(true)).claims.email_verified ?? null;
const told = {};

// Signed up by an address that was never confirmed.
const { user: typed } = await createUserWithEmailAndPassword(auths[0], anna, 'a-long-password');
told.enrolled = await enroll(typed);
if (told.enrolled !== 'enrolled') throw new Error(told.enrolled);
told.before = [await verified(typed), await book(typed)];
const href = await mailed(auths[0], anna);
told.thief = await signInByMail(auths[2], ben, href).then(() => 'in', (error) => error.code);
const proven = await signInByMail(auths[0], anna, href);
told.same = proven.uid === typed.uid;
told.after = [await verified(proven), await book(proven), await book(proven)];
told.again = await signInByMail(auths[2], anna, href).then(() => 'in', (error) => error.code);
told.anna = proven.uid;

// Signed in without an address.
const { user: unnamed } = await signInAnonymously(auths[1]);
const named = await signInByMail(auths[1], ben, await mailed(auths[1], ben));
told.ben = [named.uid === unnamed.uid, await verified(named)];
console.log(JSON.stringify(told));
process.exit(0);
"""


def test_who_opens_the_link_gets_what_was_bought_under_the_address(
    run: Run, tmp_path: Path
) -> None:
    mark = time.time_ns()
    anna, ben = f"anna.{mark}@example.com", f"ben.{mark}@example.com"
    program = {
        "storeId": run.store_id,
        "programName": "Shop",
        "programType": "points",
        "isActive": True,
        "allowsUnverified": True,
        "rules": {"pointsPerEuro": 10},
    }
    program_id = run.post("createLoyaltyProgram", program)["programId"]
    connect(run, program_id)
    notify(run, order(f"o_{mark}", customer={"email": anna}, changedAt=now(), paidAt=now()))

    told = in_the_app(tmp_path, facts=run.facts, programId=program_id, anna=anna, ben=ben)

    uid = told.pop("anna")
    assert told == {
        "enrolled": "enrolled",
        "before": [False, 0],
        "thief": "auth/invalid-email",
        "same": True,
        "after": [True, 1, 0],
        "again": "auth/invalid-action-code",
        "ben": [True, True],
    }
    found = run.post("getCustomerBalance", {"programId": program_id, "userId": uid})
    assert found["currentBalance"] == 200


def connect(run: Run, program_id: str) -> None:
    body = {
        "kind": "shop",
        "system": "generic",
        "storeId": run.store_id,
        "credentials": {"webhookSecret": SECRET},
        "awardPointsProgramId": program_id,
    }
    run.post("configureSync", body)


def notify(run: Run, row: dict[str, Any]) -> None:
    raw = json.dumps({"topic": "order", "order": row}).encode()
    gateway = run.base_url.removesuffix("/api/v1")
    url = f"{gateway}/shopWebhook/generic/{run.store_id}"
    sent = requests.post(url, data=raw, headers=signed(raw, row["id"], SECRET), timeout=30)
    assert sent.status_code == 200


def now() -> str:
    """Return the time to the microsecond: a whole second may be before the shop was connected."""
    return datetime.now(UTC).isoformat()


def in_the_app(folder: Path, **given: Any) -> dict[str, Any]:
    """Run the page's functions in an app, and return what it tells."""
    (folder / "node_modules").symlink_to(ROOT / "tools" / "node_modules")
    (folder / "shops.mjs").write_text("".join(blocks(page("shops.md"), "js")))
    (folder / "app.mjs").write_text(APP)
    ran = subprocess.run(
        ["node", "app.mjs", json.dumps(given)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout.splitlines()[-1]))
