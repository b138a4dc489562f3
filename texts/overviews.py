"""The words of overviews: mails that list many things instead of asking for one."""

from models.messages.suspensions import SuspensionReason
from models.notifications.notices import NoticeKind
from models.rules.digests import Group
from models.vocabulary import Stage

HEADLINES: dict[str, dict[NoticeKind, str]] = {
    "en": {
        NoticeKind.SUSPENDED: "Suspended: {reason}",
        NoticeKind.RESUMED: "The exchange goes on",
        NoticeKind.STANDING_IN: "You stand in for {person}",
        NoticeKind.CAUGHT_UP: "What became due while the service was away",
        NoticeKind.DIGEST: "Your steps on {day}",
        NoticeKind.SUMMARY: "Your students this week, {day}",
    },
    "zh": {
        NoticeKind.SUSPENDED: "项目暂停：{reason}",
        NoticeKind.RESUMED: "项目恢复",
        NoticeKind.STANDING_IN: "请您代理{person}的工作",
        NoticeKind.CAUGHT_UP: "系统中断期间到期的事项",
        NoticeKind.DIGEST: "{day}待办一览",
        NoticeKind.SUMMARY: "本周学生概况，{day}",
    },
}
SUBJECTS: dict[str, dict[NoticeKind, str]] = {
    "en": {
        NoticeKind.DIGEST: "{day}: {counts}",
        NoticeKind.CAUGHT_UP: "While the service was away: {count} overdue",
    },
    "zh": {
        NoticeKind.DIGEST: "{day}：{counts}",
        NoticeKind.CAUGHT_UP: "系统中断期间到期的事项：{count}项",
    },
}
"""Subjects that say more than the headline."""
INTROS: dict[str, dict[NoticeKind, str]] = {
    "en": {
        NoticeKind.SUSPENDED: "From {since} the deadlines of the programme stand still for you. No reminder and no "
        "escalation comes until it goes on; then every due date moves by the time that was lost, and you are told. "
        "What you can do already may still be done.",
        NoticeKind.RESUMED: "The suspension ended on {until}. Due dates have moved by the time that was lost.",
        NoticeKind.STANDING_IN: "{person} is away {days}. Until then their steps are yours to answer, and messages "
        "about them come to you. What you decide is recorded as yours, on their behalf.",
        NoticeKind.CAUGHT_UP: "The service was not running for a while. These steps became due or were escalated "
        "in the meantime; you get them in one mail.",
        NoticeKind.DIGEST: "This is what waits, as it stood when this mail was written.",
        NoticeKind.SUMMARY: "The students whom your university has sent, as it stood when this mail was written.",
    },
    "zh": {
        NoticeKind.SUSPENDED: "自{since}起，与您有关的项目期限暂停计算。恢复之前不再发送提醒与催办；恢复后，"
        "各项截止时间将按暂停的时间顺延，并另行通知您。目前可以办理的事项仍可继续办理。",
        NoticeKind.RESUMED: "暂停已于{until}结束。下列截止时间已按暂停的时间顺延。",
        NoticeKind.STANDING_IN: "{person}于{days}不在岗。在此期间，其待办事项由您处理，"
        "相关邮件也将发送给您。您的决定将记录为由您代为作出。",
        NoticeKind.CAUGHT_UP: "系统曾中断运行。以下事项在此期间到期或需要催办，现汇总为一封邮件发送给您。",
        NoticeKind.DIGEST: "以下为本邮件生成时的待办情况。",
        NoticeKind.SUMMARY: "以下为贵校派出学生在本邮件生成时的情况。",
    },
}
HEADINGS: dict[str, dict[str, str]] = {
    "en": {
        "overdue": "Overdue",
        "today": "Due today",
        "soon": "Due in the next seven days",
        "new": "Due later: new, or a reminder",
        "yours": "Your open steps",
        "others": "You wait for others",
        "held": "Waiting for somebody else first",
        "law": "Deadlines of the law go on",
        "moved": "Your steps and their new due dates",
        "steps": "What became due",
        "stages": "Students by stage",
        "decided": "Decided since the last summary",
        "ours_overdue": "Overdue on your side",
        "theirs_overdue": "Overdue on the other side",
        "ours": "Due from your side in the next seven days",
        "theirs": "Due from the other side in the next seven days",
        "movements": "Arrivals and departures",
        "certificates": "Certificates",
        "closed": "Ended",
        "words": "What the programme office writes",
    },
    "zh": {
        "overdue": "已逾期",
        "today": "今日到期",
        "soon": "未来七天内到期",
        "new": "稍后到期：新增事项与提醒",
        "yours": "您的待办事项",
        "others": "等待他人处理",
        "held": "须待他人先行处理",
        "law": "法定期限照常计算",
        "moved": "您的事项及新的截止时间",
        "steps": "已到期事项",
        "stages": "各阶段学生人数",
        "decided": "上次概况以来的决定",
        "ours_overdue": "贵校已逾期",
        "theirs_overdue": "对方已逾期",
        "ours": "贵校未来七天内到期",
        "theirs": "对方未来七天内到期",
        "movements": "抵达与离校",
        "certificates": "证书",
        "closed": "已结束的交流",
        "words": "项目办公室说明",
    },
}
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
COUNTS: dict[str, dict[Group, str]] = {
    "en": {
        Group.OVERDUE: "{count} overdue",
        Group.TODAY: "{count} due today",
        Group.SOON: "{count} due this week",
        Group.NEW: "{count} new",
    },
    "zh": {
        Group.OVERDUE: "逾期{count}项",
        Group.TODAY: "今日到期{count}项",
        Group.SOON: "七天内到期{count}项",
        Group.NEW: "新增{count}项",
    },
}
"""What the subject of a digest counts."""
MORE: dict[str, str] = {"en": "and {count} more; see your worklist", "zh": "另有{count}项，请查看待办清单"}
MISSED_MORE: dict[str, str] = {
    "en": "and {count} more became due; see your worklist",
    "zh": "另有{count}项到期，请查看待办清单",
}
AND_MORE: dict[str, str] = {"en": "and {count} more", "zh": "另有{count}项"}
NEW: dict[str, str] = {"en": "new", "zh": "新"}
FOR: dict[str, str] = {"en": "for {person}", "zh": "代{person}"}
STUDENT: dict[str, str] = {"en": "the student", "zh": "学生"}
WAITS_FOR: dict[str, str] = {"en": "waits for: {steps}", "zh": "等待：{steps}"}
STANDING_IN: dict[str, str] = {
    "en": " You stand in for {person} while they are away.",
    "zh": "（您代理{person}的工作。）",
}
PREFER: dict[str, str] = {
    "en": " Another language, zone or rhythm: {url}.",
    "zh": "如需更改语言、时区或发送频率：{url}。",
}

NOT_ASKED: dict[str, str] = {
    "en": "You get this mail because somebody asked to sign in with this address. Was it not you? Then do nothing.",
    "zh": "您收到此邮件，因为有人申请使用此邮箱登录。如非本人操作，请忽略。",
}
