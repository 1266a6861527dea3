"""The widgets' faces. Nothing else in the package knows ipywidgets."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach(
    __name__,
    submod_attrs={
        "ab": ["peeking_explorer", "plan_explorer"],
        "adoption": ["adoption_explorer"],
        "axis": ["cut_axis"],
        "budget": ["budget_explorer"],
        "capacity": ["capacity_explorer"],
        "cards": ["card_explorer", "repair_control"],
        "copy": ["copy_desk"],
        "creators": ["creator_explorer", "judge_creators", "pick_creators"],
        "hits": ["survivors_explorer", "tries_explorer"],
        "image": ["crop_explorer"],
        "inbox": ["faq_explorer"],
        "interaction": ["challenge_explorer", "form_explorer"],
        "kpi": ["kpi_explorer"],
        "live": ["live_control", "live_room"],
        "month": ["month_board"],
        "panel": ["Panel"],
        "platforms": ["platforms_explorer"],
        "prompt": ["blind_compare", "prompt_explorer"],
        "question": ["question_panel"],
        "queue": ["queue_explorer"],
        "retention": ["retention_explorer"],
        "schedule": ["schedule_explorer"],
        "script": ["script_editor"],
        "slots": ["slot_explorer"],
        "summary": ["summary_explorer"],
        "threshold": ["threshold_explorer"],
        "topics": ["topic_triage", "triage_control"],
        "versions": ["versions_explorer"],
        "week": ["week_planner"],
        "worktime": ["worktime_explorer"],
    },
)
