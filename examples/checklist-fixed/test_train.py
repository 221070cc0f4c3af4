"""The tests of the example's code, which the preflight runs before the search."""

from __future__ import annotations

import unittest

from train import accuracy, load_one_batch

POINT = {"encoder_type": "cnn", "depth": 5, "width": 288, "lr": 1e-3, "dropout": 0.0}


class TestTrain(unittest.TestCase):
    """Data and objective."""

    def test_a_batch_can_be_read(self) -> None:
        assert load_one_batch() > 0

    def test_an_accuracy_is_a_share(self) -> None:
        for depth in range(2, 9):
            for dropout in (0.0, 0.5):
                assert 0 < accuracy({**POINT, "depth": depth, "dropout": dropout}) < 1

    def test_a_cnn_is_better(self) -> None:
        assert accuracy(POINT) > accuracy({**POINT, "encoder_type": "context"})


if __name__ == "__main__":
    unittest.main()
