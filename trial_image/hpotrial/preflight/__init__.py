"""The preflight: checks inside a pod that is like the workers', before any worker exists. Started by `__main__`.

A kind of check is one module of `kinds`, listed in `registry`.
"""
