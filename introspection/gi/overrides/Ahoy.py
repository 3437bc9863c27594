# SPDX-License-Identifier: LGPL-2.1-or-later
# Copyright (C) 2026 The Ahoy authors
"""What Python adds to libahoy: str(), ==, in and [] where a Python programmer expects them."""

from ..module import get_introspection_module
from ..overrides import override

Ahoy = get_introspection_module('Ahoy')

__all__ = []
