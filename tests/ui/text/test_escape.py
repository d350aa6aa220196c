from __future__ import annotations

import pytest

from ui.text import escape


@pytest.mark.parametrize("name", ["Ada", "Ada Lovelace", "Łukasz", "李小龙", "O’Neill"])
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert escape.plain(name) == name
    assert escape.as_html(name) == name


def test_signs_that_markdown_reads_are_escaped() -> None:
    assert escape.plain("**Bo** _x_ [a](b) `c` $d$ <b> # ~") == (r"\*\*Bo\*\* \_x\_ \[a\]\(b\) \`c\` \$d\$ \<b\> \# \~")


@pytest.mark.parametrize("name", [":smile:", ":material/home:", ":red[x]", "https://a.b", "www.a.b", "a@b.c"])
def test_what_is_found_in_text_after_escapes_were_read_loses_its_shape(name: str) -> None:
    shown = escape.plain(name)
    assert "\u2060" in shown
    assert shown.replace("\u2060", "").replace("\\", "") == name


def test_a_name_is_one_line() -> None:
    assert escape.plain("# Ada\n\n- Bo") == r"\# Ada \- Bo"


def test_html_is_text() -> None:
    assert escape.as_html('<img src="x"> & Bo') == "&lt;img src=&quot;x&quot;&gt; &amp; Bo"


def test_what_cannot_be_seen_is_said_to_have_no_name() -> None:
    assert escape.plain("\u200b") == r"\(no name\)"
    assert escape.plain("") == ""
    assert escape.as_html("\u202eevil") == "evil"
