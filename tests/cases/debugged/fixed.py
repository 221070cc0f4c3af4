from hpotrial import params
from hpotrial.testing import fixed_trial

values = params(fixed_trial({"x": 0.25, "epochs": 7}))
print(values["x"], values["epochs"])
