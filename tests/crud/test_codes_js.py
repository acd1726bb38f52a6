"""The browser judges codes as the server does."""

import json
import subprocess
from pathlib import Path

from admin_app.reporting import codes
from tests import needs
from tests.rules.test_codes import BAD, GOOD

MODULE = Path("views/static/js/admin/codes.js").resolve()
ODD = [
    "",
    "0",
    "+",
    "7707083893 ",
    "a@b.cd",
    "A@B.CD",
    "https://",
    "8-800-2000-600",
    "ш@х.рф",
    "1" * 14,
    "000000000000",
    "00000000",
]


def test_the_browser_says_the_same(tmp_path: Path) -> None:
    texts = sorted({text for _kind, text, *_rest in [*GOOD, *BAD]} | set(ODD))
    asked = [[kind, text] for kind in sorted(codes.RULES) for text in texts]
    module, script = tmp_path / "codes.mjs", tmp_path / "ask.mjs"  # Node knows a module by its ending
    module.write_text(MODULE.read_text())
    script.write_text(
        'import { reason, clean } from "./codes.mjs";\n'
        f"const asked = {json.dumps(asked)};\n"
        "console.log(JSON.stringify(asked.map(([kind, text]) => [reason(kind, text), clean(kind, text)])));\n"
    )
    answer = subprocess.run([needs.node(), str(script)], capture_output=True, text=True, check=True, timeout=60)
    said = json.loads(answer.stdout)
    differing = [
        (kind, text, theirs)
        for (kind, text), theirs in zip(asked, said, strict=True)
        if theirs != [codes.reason(kind, text), codes.clean(kind, text)]
    ]
    assert not differing
