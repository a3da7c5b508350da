"""Writes passages.jsonl: 200 passages of the guide and the manual, each with the grade that textstat gives it.

    python3 -m venv /tmp/v && /tmp/v/bin/pip install textstat==0.7.3 'setuptools<80'
    /tmp/v/bin/python tests/reading/make.py

The tests read what this wrote; they need no Python.
"""

import json
import pathlib
import re

import textstat

ROOT = pathlib.Path(__file__).parents[2]


def passages(path):
    """The paragraphs of a page that are long enough to be measured, without their markup."""
    body = path.read_text(encoding="utf-8").split("---\n", 2)[-1]
    for block in re.split(r"\n\s*\n", body):
        if re.match(r"[#|>`:<-]|\d+\. |Table:|Tabelle:", block.strip()) or "`" in block or "|" in block:
            continue
        text = re.sub(r"\[\[[^\]|]*\|([^\]]*)\]\]", r"\1", block)
        text = re.sub(r"\[\[([^\]]*)\]\]", lambda m: m[1].split("/")[-1].replace("-", " "), text)
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
        text = re.sub(r"\s*\[[A-Z]+\d+[^\]]*\]", "", text)
        text = " ".join(text.replace("*", "").split())
        if len(text.split()) >= 25:
            yield text


def main():
    files = sorted((ROOT / "content").rglob("*.md")) + sorted((ROOT / "docs" / "content").rglob("*.md"))
    found = [text for path in files if not path.name.endswith(".es.md") for text in passages(path)]
    step = len(found) / 200
    chosen = [found[int(i * step)] for i in range(200)]
    with open(ROOT / "tests" / "reading" / "passages.jsonl", "w", encoding="utf-8") as out:
        for text in chosen:
            row = {"grade": textstat.flesch_kincaid_grade(text), "text": text}
            out.write(json.dumps(row, ensure_ascii=False) + "\n")


main()
