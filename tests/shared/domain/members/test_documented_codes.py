"""What docs/members.md tells an app to do makes the codes that the server reads."""

from __future__ import annotations

import json
import re
import subprocess
from datetime import UTC, datetime

from shared.domain.members import member_codes
from tools.emulators import ROOT


def test_the_documented_script_makes_the_same_codes() -> None:
    (script,) = re.findall(r"```js\n(.*?)```", (ROOT / "docs/members.md").read_text(), re.DOTALL)
    at = [datetime(2026, 3, 3, 12, 0, second, tzinfo=UTC) for second in range(0, 60, 7)]
    made = [(member_codes.new_code_id(), member_codes.new_secret(), each) for each in at]
    calls = [
        [{"codeId": code_id, "secret": secret, "stepSeconds": 30}, each.timestamp() * 1000]
        for code_id, secret, each in made
    ]
    run = f"""{script}
(async () => {{
  for (const each of {json.dumps(calls)}) console.log(await memberCode(...each));
}})();"""

    done = subprocess.run(
        ["node", "-e", run], capture_output=True, text=True, check=True, timeout=30
    )

    assert done.stdout.split() == [member_codes.rotating(*each) for each in made]
