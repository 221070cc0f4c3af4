"""Samplers and pruners by name, with their options checked. Also imported by the operator."""
