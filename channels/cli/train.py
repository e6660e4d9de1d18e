"""``huhang train``: the Rasa model, or the encoder from question–passage pairs."""

from __future__ import annotations

import argparse
from pathlib import Path

from settings import ROOT, Settings

DATA = ROOT.parent / "shared" / "data"
GOLDEN = ROOT / "tests" / "golden" / "questions.jsonl"
MODEL = ROOT / "indexer" / "model"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "what", nargs="?", choices=("bot", "encoder"), default="bot", help="训练什么，默认 bot"
    )
    encoder = parser.add_argument_group("编码器（train encoder）")
    encoder.add_argument("--pairs", type=Path, default=DATA / "pairs.jsonl.gz", help="问题—段落对")
    encoder.add_argument("--statutes", type=Path, default=DATA / "statutes.jsonl.gz", help="法条")
    encoder.add_argument(
        "--queries", type=Path, default=DATA / "stard_train.jsonl", help="判定问题"
    )
    encoder.add_argument("--documents", type=Path, help="知识文档文件夹，其标题和问法也作训练材料")
    encoder.add_argument("--out", type=Path, default=MODEL, help="模型写到哪个文件夹")
    encoder.add_argument("--seed", type=int, default=1, help="随机种子")
    encoder.add_argument("--epochs", type=int, default=3, help="精调轮数")
    encoder.add_argument("--holdout", type=int, default=100, help="留作验证的判定问题数")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Train what was asked for."""
    if options.what == "bot":
        from bot.training import train

        train(settings)
        return 0
    from indexer.training.command import Sources, train_encoder

    sources = Sources(
        options.pairs,
        options.statutes,
        options.queries,
        options.documents,
        GOLDEN if GOLDEN.is_file() else None,
    )
    command = f"huhang train encoder --seed {options.seed} --epochs {options.epochs}"
    command += f" --holdout {options.holdout}"
    if options.documents is not None:
        command += " --documents knowledge/sources"
    print(
        train_encoder(
            sources,
            options.out,
            seed=options.seed,
            holdout=options.holdout,
            epochs=options.epochs,
            command=command,
        )
    )
    return 0
