"""What decisions are called once they are made, and stages and reasons of a suspension in mails."""

from models.messages.suspensions import SuspensionReason
from models.vocabulary import Stage

SUSPENSION_REASONS: dict[str, dict[SuspensionReason, str]] = {
    "en": {
        SuspensionReason.OUTBREAK: "an outbreak",
        SuspensionReason.BORDER_CLOSED: "a closed border",
        SuspensionReason.DISASTER: "a disaster",
        SuspensionReason.OTHER: "by decision of the programme office",
    },
    "zh": {
        SuspensionReason.OUTBREAK: "疫情",
        SuspensionReason.BORDER_CLOSED: "边境关闭",
        SuspensionReason.DISASTER: "灾害",
        SuspensionReason.OTHER: "项目办公室决定",
    },
}
STAGES: dict[str, dict[Stage, str]] = {
    "en": {stage: stage.replace("_", " ") for stage in Stage},
    "zh": {
        Stage.NOMINATION: "提名",
        Stage.DOCUMENTS: "材料",
        Stage.SENDING_APPROVAL: "派出院校审批",
        Stage.SEAT: "名额",
        Stage.HOST_APPROVAL: "接收院校审批",
        Stage.ACCEPTANCE: "确认录取",
        Stage.PRE_ARRIVAL: "行前准备",
        Stage.ARRIVAL: "抵达",
        Stage.ROTATIONS: "实习轮转",
        Stage.DEPARTURE: "离校",
        Stage.CERTIFICATE: "证书",
        Stage.CLOSED: "已结束",
    },
}
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
