"""No part of a password is in any sentence: whatever characters it has, wherever it stands, escaped or not."""

from __future__ import annotations

import string
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from hposweep.database.connection import Session
from hposweep.database.dsn import Dsn
from hposweep.database.errors import StorageError
from hposweep.database.optuna_storage import open_storage
from hpotrial.protocol.redaction import Redaction
from hpotrial.storage.retry import RetryPolicy, StorageLostError
from hpotrial.storage.study import UnusableStorageError, open_study

GRAM = 4  # characters in a row that would be of use to a reader
# Refused at once, so that nothing waits for the network.
ADDRESS = "127.0.0.1:1/studies"
SPECIAL = "@/?#%:&=+[]!$'\"\\ \t\n\x00;,<>|{}^`~-_.äß€\u202e\x1b0123456789abcXYZ"
PASSWORDS = st.text(st.sampled_from(SPECIAL), min_size=GRAM, max_size=24) | st.text(min_size=GRAM, max_size=24)
URLS = st.builds(
    lambda password, is_escaped, form: (password, form % (quote(password, safe="") if is_escaped else password)),
    PASSWORDS.filter(lambda text: "%s" not in text),
    st.booleans(),
    st.sampled_from(
        [
            f"postgresql://optuna:%s@{ADDRESS}",
            f"postgres://optuna:%s@{ADDRESS}?sslmode=prefer",
            f"postgresql://optuna@{ADDRESS}?password=%s",
            f"postgresql://optuna@{ADDRESS}?sslmode=disable&password=%s&connect_timeout=1",
            f"postgresql+psycopg2://%s@{ADDRESS}",
            "%s",
            "%s://optuna",
            "user:%s",
            "host=127.0.0.1 port=1 password=%s",
        ]
    ),
)


def sentences_of_the_operator(url: str) -> Iterator[str]:
    try:
        session = Session(Dsn(url))
    except ValueError as error:
        yield str(error)
        return
    for action in (lambda: session.run("select 1"), lambda: open_storage(session, {})):
        with pytest.raises(StorageError) as caught:
            action()
        yield caught.value.message


def sentences_of_the_worker(url: str) -> Iterator[str]:
    policy = RetryPolicy(sleep=lambda _: True, seconds=0)
    with pytest.raises((UnusableStorageError, StorageLostError)) as caught:
        open_study(url, "s", None, None, policy)  # type: ignore[arg-type]  # neither is reached
    yield Redaction.of_uri(url).apply(str(caught.value))


@given(URLS)
def test_no_four_characters_of_a_password_are_in_a_sentence(case: tuple[str, str]) -> None:
    password, url = case
    sentences = [*sentences_of_the_operator(url), *sentences_of_the_worker(url)]
    event("connects" if len(sentences) > 2 else "refused")
    reference = " ".join(reference_sentences())
    grams = {password[start : start + GRAM] for start in range(len(password) - GRAM + 1)}
    telling = {gram for gram in grams if gram.strip() and gram not in reference}
    assert [(gram, sentence) for gram in telling for sentence in sentences if gram in sentence] == []


def reference_sentences() -> Iterator[str]:
    """Sentences of other passwords: what stands in these is no part of one."""
    for url in (
        f"postgresql://optuna:{'q' * 9}@{ADDRESS}",
        f"postgresql://optuna@{ADDRESS}?x=1",
        f"postgresql://optuna@{ADDRESS}?x",
        f"postgresql://optuna:%zz@{ADDRESS}",
        f"postgresql://o@p@{ADDRESS}",
        f"postgresql://o:{'q' * 9}@127.0.0.1:x/d",
        "postgresql://o@[h/d",
        "x", "x://y", "sqlite:///x", "postgresql://h", "postgresql://h,i/d",
    ):  # fmt: skip
        yield from sentences_of_the_operator(url)
        yield from sentences_of_the_worker(url)


@pytest.mark.parametrize("character", string.printable)
def test_every_character_of_a_password_can_be_encoded(character: str) -> None:
    url = f"postgresql://optuna:abc{quote(character, safe='')}def@{ADDRESS}"
    sentences = list(sentences_of_the_operator(url))
    assert "Connection refused" in sentences[0]
