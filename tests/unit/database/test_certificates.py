"""The files of certificates: private, shared, gone with their last user, and refused when they hold none."""

from __future__ import annotations

import gc
import stat
from pathlib import Path

import pytest

from hposweep.database.certificates import MAX_BYTES, Certificates
from hposweep.database.dsn import Dsn
from tests.tls_server import Authority, create_authority

URL = "postgresql://u:p@db.example/d"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return create_authority(tmp_path_factory.mktemp("pki") / "ca")


def test_a_file_is_private_and_shared_by_equal_texts(authority: Authority) -> None:
    certificates = Certificates()
    first, second = (certificates.file(authority.certificate) for _ in range(2))
    assert first is second
    assert Path(first.path).read_text() == authority.certificate
    assert stat.S_IMODE(Path(first.path).stat().st_mode) == 0o600


def test_a_file_lives_as_long_as_the_address_of_its_database(authority: Authority) -> None:
    certificates = Certificates()
    dsn = Dsn(URL).secured("VerifyFull", certificates.file(authority.certificate))
    path = Path(certificates.file(authority.certificate).path)
    assert dsn == Dsn(URL).secured("VerifyFull", certificates.file(authority.certificate)), "a pass opens nothing again"
    assert str(path) in dsn.reveal()
    gc.collect()
    assert path.exists()
    del dsn
    gc.collect()
    assert not path.exists()


def test_rotations_leave_no_files_behind(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    certificates = Certificates()
    for number in range(50):
        file = certificates.file(f"{authority.certificate}# {number}\n")
    gc.collect()
    assert [str(path) for path in tmp_path.iterdir()] == [file.path]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no certificate; it must hold certificates in PEM"),
        ("ü", "is no certificate; it must hold certificates in PEM"),
        ("ca.crt", "has no certificate that can be read; it must hold certificates in PEM"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "has no certificate that can be read"),
        ("x" * (MAX_BYTES + 1), f"has {MAX_BYTES + 1} bytes, and at most {MAX_BYTES} are allowed"),
    ],
)
def test_a_text_without_certificates_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Certificates().file(text)
