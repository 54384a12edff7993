"""A difference between two vintages as one static page, Vietnamese first, without script.

Belongs here: markup. All text is escaped: names and cells are of outside origin. Does not belong
here: wording (`diff.yaml`), what differs (`diff`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from html import escape
from itertools import islice
from pathlib import Path

from assets.plaintext import plain
from assets.release.diff.cause import words
from assets.release.diff.effect import effect_of, list_label, rank_label, shown_number
from assets.release.diff.model import MOVED, OPPOSITE, Diff, RowChange, written
from assets.release.diff.text import (
    cause_name,
    effect_line,
    evidence_lines,
    key_text,
    step,
    table_label,
)

LANGUAGES = ("vi", "en")
SHOWN_MOVERS = 20
SHOWN_ROWS = 2_000
CELL_CHARACTERS = 200


def as_page(found: Diff) -> str:
    """The page. The same difference gives the same bytes; nothing in it is fetched or run."""
    title = f"{words()['words']['vi']['title']}: {found.before.name} → {found.after.name}"
    sections = "\n".join(_section(found, language) for language in LANGUAGES)
    return (
        '<!doctype html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n"
        '<nav><a href="#vi">Tiếng Việt</a> <a href="#en" lang="en">English</a></nav>\n'
        f"<main>\n{sections}\n</main>\n</body>\n</html>\n"
    )


@cache
def _style() -> str:
    return (Path(__file__).parent / "page.css").read_text("utf-8")


def _section(found: Diff, language: str) -> str:
    said = words()["words"][language]
    parts = [
        f"<h1>{escape(said['title'])}</h1>",
        f"<p>{escape(said['before'])}: <b>{escape(found.before.name)}</b><br>"
        f"{escape(said['after'])}: <b>{escape(found.after.name)}</b></p>",
        f"<h2>{escape(said['made_from'])}</h2>",
        _items(evidence_lines(found, language) or [said["nothing_made_from"]]),
    ]
    parts += [f"<p>{escape(said['same'])}</p>"] if found.is_empty else _told(found, language)
    return f'<section id="{language}" lang="{language}">\n' + "\n".join(parts) + "\n</section>"


def _told(found: Diff, language: str) -> Iterator[str]:
    said = words()["words"][language]
    kinds = tuple(OPPOSITE)
    yield _table(
        said["tables"],
        [said["table"], said["rows"], *(said[kind] for kind in kinds), said["columns"]],
        [
            [
                table_label(table.table, language),
                step(table.rows_before, table.rows_after),
                *(str(table.count(kind)) for kind in kinds),
                ", ".join(
                    [
                        *(f"{name} {count}" for name, count in table.by_column().items()),
                        *(f"{said['column_added']}: {name}" for name in table.columns_added),
                        *(f"{said['column_removed']}: {name}" for name in table.columns_removed),
                    ]
                ),
            ]
            for table in found.tables
            if table.differs
        ],
    )
    yield f"<p>{escape(said['moved_note'])}</p>"
    yield _table(
        said["by_cause"],
        [said["cause"], said["rows"]],
        [[cause_name(causes, language), str(n)] for causes, n in found.by_cause().items()],
    )
    yield from _moved(found, language)
    if found.files:
        yield f"<h2>{escape(said['files'])}</h2>"
        yield _items(found.files)
    yield from _details(found, language)


def _moved(found: Diff, language: str) -> Iterator[str]:
    said = words()["words"][language]
    movers = effect_of(found).movers[:SHOWN_MOVERS]
    yield f"<h2>{escape(said['movers'])}</h2>"
    yield f"<p>{escape(effect_line(found, language))}</p>"
    if not movers:
        yield f"<p>{escape(said['no_movers'])}</p>"
        return

    def moved(before: object, after: object) -> str:
        return step(*(shown_number(value, language, said["none"]) for value in (before, after)))

    yield _table(
        "",
        [said["body"], said["list"], said["what"], said["rank"], said["value"]],
        [
            [
                f"{m.body_name} ({m.body_code})",
                list_label(m.list, language),
                rank_label(m.column, language),
                moved(m.rank_before, m.rank_after),
                moved(m.value_before, m.value_after),
            ]
            for m in movers
        ],
    )


def _details(found: Diff, language: str) -> Iterator[str]:
    said = words()["words"][language]
    listed = (change for change in found.changes if change.kind != MOVED)
    rows = [row for change in listed for row in _lines(change, language)]
    head = [said["table"], said["key"], said["body"], said["what"], said["before"], said["after"]]
    yield f"<details><summary>{escape(said['details'])} ({len(rows)})</summary>"
    if len(rows) > SHOWN_ROWS:
        yield f"<p>{escape(said['cut'].format(shown=SHOWN_ROWS, all=len(rows)))}</p>"
    yield _table("", [*head, said["cause"]], islice(rows, SHOWN_ROWS))
    yield "</details>"


def _lines(change: RowChange, language: str) -> Iterator[list[str]]:
    said = words()["words"][language]
    name = written(change.row.get("body_name") or change.row.get("body_code")) or ""
    head = [change.table.removeprefix("rel_"), key_text(change), name]
    cause = cause_name(change.causes, language)
    if not change.columns:
        yield [*head, said[change.kind], "", "", cause]
    before, after = change.before or {}, change.after or {}
    for column in change.columns:
        one, other = written(before[column]), written(after[column])
        yield [*head, column, one or "", other or "", cause]


def _items(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{_cell(line)}</li>" for line in lines) + "</ul>"


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    columns = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "\n".join(
        "<tr>" + "".join(f"<td>{_cell(c)}</td>" for c in row) + "</tr>" for row in rows
    )
    heading = f"<h2>{escape(title)}</h2>\n" if title else ""
    return (
        f'{heading}<div class="wide" tabindex="0"><table>\n<thead><tr>{columns}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _cell(text: str) -> str:
    return escape(plain(text, CELL_CHARACTERS))
