"""Encoders: the shipped one by numpy and through sentence-transformers, and any other one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from indexer.encoder import StaticEncoder, encode_query, load_encoder, prompt_for, quantise
from indexer.hybrid import MODEL_DIR
from knowledge.errors import EncoderError

TEXTS = [
    "收到337立案通知，几天内要答辩",
    "商标在境外被抢注怎么办",
    "公司分立前的债务由谁承担",
    "ABC",
]


@pytest.fixture(scope="module")
def shipped() -> StaticEncoder:
    return StaticEncoder.load(MODEL_DIR)


def test_rows_have_unit_length_and_empty_text_is_zero(shipped):
    rows = shipped.encode([*TEXTS[:3], ""])
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 1, 1, 0], atol=1e-5)


def test_one_text_and_many_texts_are_read_alike(shipped):
    many = shipped.encode(TEXTS * 4)
    np.testing.assert_allclose(many[0], shipped.encode(TEXTS[:1])[0], atol=1e-5)


def test_width_and_case_do_not_matter(shipped):
    left, right = shipped.encode(["Ｍadrid商标"]), shipped.encode(["madrid商标"])
    np.testing.assert_allclose(left, right)


def test_meaning_beats_chance(shipped):
    question, answer, other = shipped.encode(
        ["老板拖欠工资怎么办", "用人单位未按时足额支付劳动报酬", "船舶碰撞的赔偿责任"]
    )
    assert question @ answer > question @ other + 0.1


def test_model_folder_is_small():
    size = sum(path.stat().st_size for path in MODEL_DIR.iterdir() if path.is_file())
    assert size <= 24_000_000


@pytest.mark.encoders
@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow  # loads torch
def test_sentence_transformers_gives_the_same_vectors(shipped):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(MODEL_DIR), trust_remote_code=True)
    theirs = model.encode(TEXTS)
    ours = shipped.encode(TEXTS)
    known = np.linalg.norm(ours, axis=1) > 0
    assert ((theirs * ours).sum(axis=1)[known] > 0.999).all()
    assert known.sum() >= 3


def test_default_encoder_never_imports_torch():
    code = (
        "import sys; from indexer.hybrid import HybridIndex, MODEL_DIR;"
        "from indexer.encoder import load_encoder;"
        "load_encoder(MODEL_DIR).encode(['你好'] * 20);"
        "bad = {'torch', 'transformers', 'sentence_transformers', 'tensorflow', 'jax'} & set(sys.modules);"
        "print(sorted(bad)); sys.exit(bool(bad))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_int8_rows_stay_close():
    table = np.random.default_rng(0).standard_normal((10, 64)).astype(np.float32)
    vectors, scales = quantise(table)
    back = vectors * scales[:, None]
    cosines = (back * table).sum(1) / np.linalg.norm(back, axis=1) / np.linalg.norm(table, axis=1)
    assert cosines.min() > 0.999


def test_incomplete_folder_says_what_is_missing(tmp_path: Path):
    with pytest.raises(EncoderError, match=r"vectors\.npy"):
        StaticEncoder.load(tmp_path)


def test_one_message_is_encoded_once(fake_encoder):
    first = encode_query(fake_encoder, "独此一问")
    assert encode_query(fake_encoder, "独此一问") is first
    assert fake_encoder.encoded.count("独此一问") == 1


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("BAAI/bge-base-zh-v1.5", "为这个句子"),
        ("BAAI/bge-m3", ""),
        ("intfloat/multilingual-e5-base", "query: "),
    ],
)
def test_models_that_want_an_instruction_get_it(name, prompt):
    from indexer.encoder import QUERY_PROMPTS

    found = prompt_for(name, QUERY_PROMPTS)
    assert found.startswith(prompt)
    assert bool(found) == bool(prompt)


@pytest.mark.encoders
@pytest.mark.filterwarnings("ignore")
def test_any_transformer_folder_loads(tmp_path: Path):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"商标专利抢注答辩怎么办"]
    (tmp_path / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), "utf-8")
    bert = tmp_path / "bert"
    config = BertConfig(
        vocab_size=len(dict.fromkeys(words)), hidden_size=16, num_hidden_layers=1,
        num_attention_heads=2, intermediate_size=16, max_position_embeddings=64,
    )  # fmt: skip
    BertModel(config).save_pretrained(bert)
    BertTokenizerFast(vocab_file=str(tmp_path / "vocab.txt")).save_pretrained(bert)
    transformer = Transformer(str(bert))
    folder = tmp_path / "bge-tiny"
    SentenceTransformer(modules=[transformer, Pooling(16)]).save(str(folder))
    encoder = load_encoder(folder)
    rows = encoder.encode(["商标抢注怎么办"] * 3)
    assert rows.shape == (3, encoder.dimension)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-4)
    assert not np.allclose(rows[0], encoder.encode(["商标抢注怎么办"], is_query=True)[0])


@pytest.mark.encoders
@pytest.mark.filterwarnings("ignore")
def test_unknown_model_names_the_setting(tmp_path: Path):
    with pytest.raises(EncoderError, match="HUHANG_ENCODER"):
        load_encoder(tmp_path / "no-such-model")
