import functools


class Model:
    offset = 2.0

    def __call__(self, trial):
        return _value(trial, self.offset)

    def method(self, trial):
        return _value(trial, self.offset)

    @staticmethod
    def static(trial):
        return _value(trial, 5.0)

    @classmethod
    def shared(cls, trial):
        return _value(trial, 6.0)

    class Inner:
        @staticmethod
        def static(trial):
            return _value(trial, 7.0)


class Loaded(Model):
    def __init__(self, data):
        self.data = data


def _value(trial, offset=0.0):
    return trial.suggest_float("x", 0, 1) + offset


model = Model()
partial = functools.partial(_value, offset=1.0)
short = lambda trial: _value(trial)  # noqa: E731
