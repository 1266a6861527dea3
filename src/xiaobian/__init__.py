"""小編實驗室：社群小編的 Jupyter 教學與研究套件。

``import xiaobian as xb`` loads nothing until a name is used.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submodules=[
        "ai",
        "analytics",
        "crisis",
        "datasets",
        "errors",
        "exports",
        "lint",
        "optimize",
        "panels",
        "planning",
        "plotting",
        "records",
        "reports",
        "sandbox",
        "tables",
        "trends",
    ],
    submod_attrs={
        "analytics": ["kpi"],
        "datasets": ["evidence"],
        "exercises": ["exercise", "predict", "progress", "reveal"],
        "exports": ["read_export"],
        "plotting": ["use_theme"],
        "records": ["learner"],
        "sandbox": ["World"],
    },
)
