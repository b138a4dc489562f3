"""What decisions are called once they are made."""

DECIDED: dict[str, dict[str, str]] = {
    "en": {"approve": "approved", "return": "returned", "reject": "rejected", "accept": "accepted"}
    | {"decline": "declined", "not_cleared": "not cleared"},
    "zh": {
        "verified": "已核实",
        "returned": "已退回",
        "rejected": "已拒绝",
        "approve": "批准",
        "return": "退回",
        "reject": "拒绝",
        "accept": "接受",
        "decline": "放弃",
        "cleared": "准许",
        "not_cleared": "不准许",
        "granted": "获准",
        "refused": "未获准",
    },
}
"""What was answered to a step that decides; an English answer without an entry reads well as it is."""
