"""What a trainer does to a passage of the draft: edit, split, merge, disable, keep or drop an edit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from knowledge.edit_types import Action, DocumentEdits, Edit, edit_of
from knowledge.edits import EditStore
from knowledge.errors import EditConflictError, SourceError
from knowledge.library import Library
from knowledge.overlay import Drafted, State, applied, merged
from knowledge.types import Passage

# A line of this alone splits a passage.
SPLIT = "----"


def following_of(entries: Sequence[Drafted], entry: Drafted) -> Drafted | None:
    """The passage that could be merged into this one; none where one of the two answers nothing now."""
    places = [item for item in entries if item.source and item.state is not State.ABSORBED]
    known = [item.passage_id for item in places]
    at = known.index(entry.passage_id) + 1 if entry.passage_id in known else len(known)
    if at >= len(places) or not entry.results or not places[at].results:
        return None
    return None if State.CONFLICT in (entry.state, places[at].state) else places[at]


def act(store: EditStore, found: Library, entry: Drafted, form: Mapping[str, str], by: str) -> str:
    """Do what a form asks for.

    :param form: ``action``, the ``token`` that its editor saw, and what the action needs.
    :return: what was done, in words.
    :raises EditConflictError: somebody else changed the passage meanwhile.
    :raises SourceError: it cannot be done.
    """
    document = entry.source.document if entry.source else entry.edit.document if entry.edit else ""
    action, tokens = form.get("action", "save"), form.get("token", "").split(" ")
    source, note = entry.source, form.get("note", "")
    if action == "keep":
        return _keep(store, found, entry, form, by)
    if action == "drop":
        store.drop(source or entry.passage_id, tokens[0], document=document, by=by)
        return "修改已放弃，恢复为原文"
    if source is None:
        raise SourceError("这一段在原文里已不存在，只能放弃修改或贴到另一段")
    if len(tokens) != len(entry.sources):
        raise EditConflictError("这一段刚刚被别人合并或分开过，您的修改没有保存，请对照新内容再改")
    if action in ("disable", "enable"):
        off = action == "disable"
        kind = Action.DISABLE if off else Action.ENABLE
        kept = kept_of(entry.edit)
        if entry.edit and not (off or kept or entry.joined):
            store.drop(source, tokens[0], document=document, by=by)
            return "这一段已启用，发布后生效"
        edit = edit_of(entry.sources, by=by, action=kind, disabled=off, note=note, **kept)
        store.save(edit, entry.sources, tokens)
        return (
            "这一段已停用，发布后不再用它回答，改过的内容留着"
            if off
            else "这一段已启用，发布后生效"
        )
    if action == "unedit":
        edit = edit_of(entry.sources, by=by, action=Action.MERGE, note=note)
        store.save(edit, entry.sources, tokens)
        return "已恢复为合并后的原文，仍是合并的一段"
    if action == "merge":
        following = following_of(found.entries[document], entry)
        if following is None or following.passage_id != form.get("following"):
            raise EditConflictError("下一段刚刚变了，请刷新后再合并")
        _merge(store, entry, following, [*tokens, *form.get("following_token", "").split(" ")], by)
        return "两段已合并，合并后的正文、标题和问法都能再改"
    _save(store, entry, tokens, form, by)
    return "修改已保存，发布后生效"


def token_of(edits: DocumentEdits, entry: Drafted) -> str:
    """The state that an editor sees of a passage and of those merged into it."""
    if not entry.sources:
        return entry.edit.id if entry.edit else ""
    return " ".join(map(edits.token, entry.sources))


def kept_of(edit: Edit | None) -> dict[str, Any]:
    """What an edit changed of its passage."""
    if edit is None:
        return {}
    names = ("texts", "heading", "similar", "negative")
    return {name: value for name in names if (value := getattr(edit, name)) is not None}


def _merge(
    store: EditStore, entry: Drafted, following: Drafted, tokens: Sequence[str], by: str
) -> None:
    """Make one passage of two; what either was edited to goes into it."""
    sources = (*entry.sources, *following.sources)
    plain, wanted = merged(sources), merged((*entry.results, *following.results))
    edit = edit_of(
        sources,
        by=by,
        action=Action.MERGE,
        **_differing(plain, (wanted.text,), wanted.heading, wanted.similar, wanted.negative),
    )
    store.save(edit, sources, tokens)


def _differing(
    plain: Passage,
    texts: Sequence[str],
    heading: tuple[str, ...],
    similar: Sequence[str],
    negative: Sequence[str],
) -> dict[str, Any]:
    """What differs from the source, as an edit states it."""
    is_same = [text.strip() for text in texts] == [plain.text.strip()]
    return {
        "texts": None if is_same else texts or [""],
        "heading": heading if heading and heading != plain.heading else None,
        "similar": similar if tuple(similar) != plain.similar else None,
        "negative": negative if tuple(negative) != plain.negative else None,
    }


def _save(
    store: EditStore, entry: Drafted, tokens: Sequence[str], form: Mapping[str, str], by: str
) -> None:
    """Keep what differs from the source; a merged passage keeps what was merged into it."""
    edit = edit_of(entry.sources, by=by, note=form.get("note", ""), **_typed(entry, form))
    store.save(edit, entry.sources, tokens)


def as_typed(entry: Drafted, form: Mapping[str, str], by: str) -> Drafted:
    """The passage as it would be with what is typed, which is kept nowhere.

    :param entry: a passage that the source has.
    :raises SourceError: it could not be kept as it is typed.
    """
    edit = edit_of(entry.sources, by=by, **_typed(entry, form))
    return applied(edit, entry.sources[0], {source.id: source for source in entry.sources})


def _typed(entry: Drafted, form: Mapping[str, str]) -> dict[str, Any]:
    """The action and what differs from the source, as an edit states it."""
    texts = [part for part in _parts(form.get("text", "")) if part.strip()]
    heading = tuple(line.strip() for line in form.get("heading", "").splitlines() if line.strip())
    similar = form.get("similar", "").splitlines()
    negative = form.get("negative", "").splitlines()
    action = Action.SPLIT if len(texts) > 1 else Action.EDIT
    differing = _differing(merged(entry.sources), texts, heading, similar, negative)
    return {"action": action, **differing}


def _parts(text: str) -> list[str]:
    parts: list[list[str]] = [[]]
    for line in text.replace("\r\n", "\n").split("\n"):
        if line.strip() == SPLIT:
            parts.append([])
        else:
            parts[-1].append(line)
    return ["\n".join(part) for part in parts]


def _keep(
    store: EditStore, found: Library, entry: Drafted, form: Mapping[str, str], by: str
) -> str:
    """Let an edit stand after a conflict, on its own passage or on another one."""
    edit = entry.edit
    if edit is None or edit.id != form.get("edit"):
        raise EditConflictError("这处修改刚刚被别人处理过，请刷新页面")
    target = form.get("target") or (entry.source.id if entry.source else "")
    known = {
        item.source.id: item.source for item in found.entries.get(edit.document, ()) if item.source
    }
    if target not in known:
        raise SourceError("请选择要贴到哪一段")
    others = [known[base.passage] for base in edit.bases[1:] if base.passage in known]
    # The edit as it is stored: it may have followed its text to another heading.
    stored = store.of(edit.document).edits.get(edit.passage, edit)
    store.rebase(stored, [known[target], *others], by=by)
    return "已保留这处修改"
