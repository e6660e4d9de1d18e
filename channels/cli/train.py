"""``huhang train``: the Rasa model, the encoder, the orders of shelf and conversation, the confidence, and more."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knowledge.errors import SettingsError, SourceError
from knowledge.types import Passage
from settings import ROOT, Settings

if TYPE_CHECKING:
    from indexer.training.confidence import Question

GOLDEN = ROOT / "tests" / "golden" / "questions.jsonl"
MODEL = ROOT / "indexer" / "model"
UNSEEN = ROOT / "benchmarks" / "questions" / "fit"
# The day for which the conversations written without sight of the shelf were written.
CLOCK = "2026-11-23"


# What an encoder learns from, a JSON object a line, with its fields; none of it is shipped.
_SOURCES = {
    "pairs": "问题—段落对，每行 source query passage",
    "statutes": "法条，每行 id law text",
    "queries": "判定问题，每行 id query relevant（法条的 id）",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what",
        nargs="?",
        choices=(
            "bot",
            "encoder",
            "order",
            "confidence",
            "hearing",
            "deadlines",
            "purpose",
            "supplement",
            "refusal",
        ),
        default="bot",
        help="训练什么，默认 bot；order 是指南和问答的排序，confidence 是把握，hearing 是接话的排序，deadlines 是选哪条期限，purpose 是一句话问什么，supplement 是答案里补充哪一句，refusal 是为什么婉拒",
    )
    parser.add_argument(
        "--out", type=Path, default=MODEL, help="编码器或排序写到哪个文件夹，默认随程序发布的那个"
    )
    parser.add_argument(
        "--trials",
        type=Path,
        help="train confidence、train hearing、train purpose 和 train supplement 另外学习的问题文件夹，只读每个文件的偶数行",
    )
    encoder = parser.add_argument_group("编码器（train encoder）")
    for name, text in _SOURCES.items():
        encoder.add_argument(f"--{name}", type=Path, help=f"{text}；不随程序，必须写明")
    encoder.add_argument("--documents", type=Path, help="知识文档文件夹，其标题和问法也作训练材料")
    encoder.add_argument("--seed", type=int, default=1, help="随机种子")
    encoder.add_argument("--epochs", type=int, default=3, help="精调轮数")
    encoder.add_argument("--holdout", type=int, default=100, help="留作验证的判定问题数")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Train what was asked for."""
    if options.what == "bot":
        from bot.training import train
        from curation.alone import TRAINING, alone
        from curation.publishing import operator

        with alone(settings, TRAINING, operator()):
            train(settings)
    elif options.what == "order":
        print(_order(options, settings))
    elif options.what == "confidence":
        print(_confidence(options, settings))
    elif options.what == "deadlines":
        print(_deadlines(options, settings))
    elif options.what == "hearing":
        print(_hearing(options, settings))
    elif options.what == "purpose":
        print(_purpose(options, settings))
    elif options.what == "supplement":
        print(_supplement(options, settings))
    elif options.what == "refusal":
        print(_refusal(options))
    else:
        print(_encoder(options))
    return 0


def _order(options: argparse.Namespace, settings: Settings) -> str:
    from curation.publishing import today_of
    from indexer.encoder import load_encoder
    from indexer.training.order import train_order

    today = today_of(settings)
    return train_order(
        _passages(settings, today),
        load_encoder(MODEL),
        options.out,
        today=today,
        **_tables(settings),
    )


def _confidence(options: argparse.Namespace, settings: Settings) -> str:
    from curation.publishing import today_of
    from indexer.encoder import load_encoder
    from indexer.training import confidence as training

    today = today_of(settings)
    questions, unseen = _questions(options)
    return training.train_confidence(
        _passages(settings, today),
        load_encoder(MODEL),
        options.out,
        today=today,
        tables=training.Tables(**_tables(settings)),
        questions=questions,
        unseen=unseen,
    )


def _questions(options: argparse.Namespace) -> tuple[list[Question], list[Question]]:
    """What is known to be answered or declined, and what was written without sight of the shelf."""
    from bot.training import out_of_scope
    from indexer.training import confidence as training

    known = [
        *training.judged_questions(GOLDEN),
        *training.out_of_scope_questions(out_of_scope()),
    ]
    unseen = [*training.unseen_questions(UNSEEN)]
    if options.trials is not None:
        unseen += training.unseen_questions(options.trials, step=2)
    return known, unseen


def _purpose(options: argparse.Namespace, settings: Settings) -> str:
    from bot.purpose_training import train_purpose
    from curation.publishing import today_of
    from indexer.encoder import load_encoder
    from indexer.training import confidence as training

    settings = replace(settings, today=CLOCK)
    today = today_of(settings)
    questions, unseen = _questions(options)
    held = training.chances_held_out(
        _passages(settings, today),
        load_encoder(MODEL),
        today=today,
        tables=training.Tables(**_tables(settings)),
        questions=questions,
        unseen=unseen,
    )
    return asyncio.run(train_purpose(settings, _lines(options), held, options.out))


def _tables(settings: Settings) -> dict[str, Path]:
    """The tables that an index is built with."""
    from knowledge.dictionary import ALIASES_FILE
    from knowledge.glossary_table import FILE_NAME as GLOSSARY_FILE
    from knowledge.word_table import FILE_NAME as WORDS_FILE

    folder = settings.knowledge.tables_dir
    return {
        "aliases_path": folder / ALIASES_FILE,
        "words_path": folder / WORDS_FILE,
        "glossary_path": folder / GLOSSARY_FILE,
    }


def _hearing(options: argparse.Namespace, settings: Settings) -> str:
    from actions.turn.hearing_training import Said, train_hearing
    from bot.heard_turns import heard_turns
    from bot.training import out_of_scope
    from curation.publishing import today_of
    from indexer.encoder import load_encoder
    from knowledge.followups import every_followup, folder_of

    settings = replace(settings, today=CLOCK)
    knowledge, today = settings.knowledge, today_of(settings)
    heard = asyncio.run(heard_turns(settings, _lines(options)))
    followups = [*every_followup(folder_of(knowledge.sources_dir))]
    return train_hearing(
        _passages(settings, today),
        load_encoder(MODEL),
        Said(followups, out_of_scope(), heard),
        tables_dir=knowledge.tables_dir,
        out=options.out,
        today=today,
    )


def _lines(options: argparse.Namespace) -> list[Mapping[str, Any]]:
    """What was written without sight of the shelf, and every second line of another folder."""
    from bot.written import lines_of

    return [*lines_of(UNSEEN), *(lines_of(options.trials, step=2) if options.trials else ())]


def _deadlines(options: argparse.Namespace, settings: Settings) -> str:
    from actions.deadline_training import train_deadlines, unseen_messages
    from curation.publishing import today_of
    from indexer.encoder import load_encoder
    from knowledge.deadline_table import load_deadline_table

    folder, today = settings.knowledge.tables_dir, today_of(settings)
    return train_deadlines(
        _passages(settings, today),
        load_encoder(MODEL),
        load_deadline_table(folder),
        unseen_messages(UNSEEN / "dated.jsonl"),
        tables_dir=folder,
        out=options.out,
        today=today,
    )


def _supplement(options: argparse.Namespace, settings: Settings) -> str:
    from actions.supplement_training import train_supplement
    from curation.publishing import today_of
    from indexer.encoder import load_encoder

    settings = replace(settings, today=CLOCK)
    today = today_of(settings)
    return train_supplement(
        _passages(settings, today),
        load_encoder(MODEL),
        _lines(options),
        tables_dir=settings.knowledge.tables_dir,
        out=options.out,
        today=today,
    )


def _refusal(options: argparse.Namespace) -> str:
    from actions.refusal_training import declined, train_refusal
    from bot.written import lines_of
    from indexer.encoder import load_encoder

    return train_refusal(declined(lines_of(UNSEEN)), load_encoder(MODEL), options.out)


def _passages(settings: Settings, today: date) -> Sequence[Passage]:
    """What is learnt from: the whole shelf, or none of it.

    :raises SourceError: a document cannot be read.
    """
    from knowledge.library import load_library

    knowledge = settings.knowledge
    library = load_library(knowledge.sources_dir, knowledge.tables_dir, today=today)
    if library.unreadable:
        raise SourceError("；".join(library.unreadable))
    return library.passages


def _shown(path: Path) -> str:
    whole = path.expanduser().absolute()
    return whole.relative_to(ROOT).as_posix() if whole.is_relative_to(ROOT) else whole.name


def _encoder(options: argparse.Namespace) -> str:
    """:raises SettingsError: torch is not installed, or what to train from was not said."""
    missing = [
        f"--{name}（{text}）" for name, text in _SOURCES.items() if not getattr(options, name)
    ]
    if missing:
        raise SettingsError(f"训练编码器还缺 {'、'.join(missing)}；见 docs/retrieval.md")
    try:
        from indexer.training.command import Sources, train_encoder
    except ModuleNotFoundError as error:
        raise SettingsError(
            f"训练编码器要的 {error.name} 没有装，请先运行 make encoders"
        ) from error

    sources = Sources(
        options.pairs,
        options.statutes,
        options.queries,
        options.documents,
        GOLDEN if GOLDEN.is_file() else None,
    )
    command = f"huhang train encoder --seed {options.seed} --epochs {options.epochs}"
    command += f" --holdout {options.holdout}"
    # Without the folders of the machine it was run on: whoever repeats it has the files elsewhere.
    given = [(name, getattr(options, name)) for name in (*_SOURCES, "documents")]
    command += "".join(f" --{name} {_shown(path)}" for name, path in given if path is not None)
    return train_encoder(
        sources,
        options.out,
        seed=options.seed,
        holdout=options.holdout,
        epochs=options.epochs,
        command=command,
    )
