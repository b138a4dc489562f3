"""What outcomes, roles and conditions are called, in both languages."""

from models.vocabulary import Content, Outcome, Role

OUTCOMES: dict[str, dict[Outcome, tuple[str, str]]] = {
    "en": {
        Outcome.COMPLETED: ("completed", "The exchange is complete. Thank you for your part in it."),
        Outcome.REJECTED: ("not approved", "The exchange was not approved and ends here."),
        Outcome.DECLINED: ("offer declined", "The student declined; the exchange ends here."),
        Outcome.EXPIRED: ("expired", "An answer did not come in time; the exchange ends here."),
        Outcome.WITHDRAWN: ("withdrawn", "The student was withdrawn; the exchange ends here."),
        Outcome.NO_SHOW: ("no arrival", "The student did not arrive; the exchange ends here."),
        Outcome.ENDED_EARLY_JUSTIFIED: (
            "ended early, recognised",
            "The stay ended early for a good reason and counts with its actual dates.",
        ),
        Outcome.ENDED_EARLY_UNJUSTIFIED: ("ended early", "The stay ended early and does not count."),
    },
    "zh": {
        Outcome.COMPLETED: ("已完成", "本次交流已圆满完成，感谢您的参与。"),
        Outcome.REJECTED: ("未获批准", "本次交流未获批准，就此结束。"),
        Outcome.DECLINED: ("学生放弃", "学生放弃了录取，本次交流就此结束。"),
        Outcome.EXPIRED: ("逾期失效", "未在期限内收到答复，本次交流就此结束。"),
        Outcome.WITHDRAWN: ("已撤回", "该生已退出，本次交流就此结束。"),
        Outcome.NO_SHOW: ("未报到", "该生未按期抵达，本次交流就此结束。"),
        Outcome.ENDED_EARLY_JUSTIFIED: ("提前结束（予以认可）", "交流因正当理由提前结束，按实际日期予以认可。"),
        Outcome.ENDED_EARLY_UNJUSTIFIED: ("提前结束", "交流提前结束，不予认可。"),
    },
}
"""In short for the subject, and in a sentence."""

ROLES: dict[str, dict[Role, str]] = {
    "en": {
        Role.STUDENT: "the student of this exchange",
        Role.COORDINATOR: "the exchange coordinator of {institution}",
        Role.HEAD_OF_OFFICE: "the head of the international office of {institution}",
        Role.PARTNER_OFFICE: "the partner office of {institution}",
        Role.HOUSING_OFFICER: "the housing officer of {institution}",
        Role.OCCUPATIONAL_HEALTH: "the occupational health office of {institution}",
        Role.SUPERVISOR: "a supervisor of {unit}, {institution}",
        Role.PROGRAMME_OFFICE: "the programme office",
        Role.AUDITOR: "an auditor of the programme",
        Role.OPERATOR: "the operator of the service",
        Role.CLOCK: "the service itself",
    },
    "zh": {
        Role.STUDENT: "本次交流的学生",
        Role.COORDINATOR: "{institution}交流协调员",
        Role.HEAD_OF_OFFICE: "{institution}国际处负责人",
        Role.PARTNER_OFFICE: "{institution}合作院校事务办公室",
        Role.HOUSING_OFFICER: "{institution}住宿管理人员",
        Role.OCCUPATIONAL_HEALTH: "{institution}职业健康部门",
        Role.SUPERVISOR: "{institution}{unit}导师",
        Role.PROGRAMME_OFFICE: "项目办公室",
        Role.AUDITOR: "项目审计人员",
        Role.OPERATOR: "系统管理员",
        Role.CLOCK: "系统",
    },
}

CONTENTS: dict[str, dict[Content, str]] = {
    "en": {
        Content.LABORATORY: "Laboratory training",
        Content.CLINICAL: "Clinical observation",
        Content.ACADEMIC_LECTURES: "Academic lectures",
        Content.CULTURAL_LECTURES: "Cultural lectures",
        Content.CULTURAL_ACTIVITIES: "Cultural activities",
    },
    "zh": {
        Content.LABORATORY: "实验室训练",
        Content.CLINICAL: "临床观摩",
        Content.ACADEMIC_LECTURES: "学术讲座",
        Content.CULTURAL_LECTURES: "文化讲座",
        Content.CULTURAL_ACTIVITIES: "文化活动",
    },
}

UNMET: dict[str, dict[str, str]] = {
    "en": {
        "D42.arrival": "No arrival is recorded",
        "D42.departure": "No departure is recorded",
        "D1.duration": "The stay was too short",
        "D42.attendance": "Attendance: {content}",
        "D42.rotation": "No rotation was worked: {content}",
        "D42.evaluation": "A supervisor's evaluation is missing",
        "D42.result": "A rotation was not passed",
        "D42.student_evaluation": "The student's evaluation of the programme is missing",
    },
    "zh": {
        "D42.arrival": "没有抵达记录",
        "D42.departure": "没有离校记录",
        "D1.duration": "交流时间过短",
        "D42.attendance": "出勤：{content}",
        "D42.rotation": "未完成轮转：{content}",
        "D42.evaluation": "缺少导师评价",
        "D42.result": "有轮转未合格",
        "D42.student_evaluation": "缺少学生对项目的评价",
    },
}
"""What a certificate still lacks, by the first two parts of the condition's code (D1, D42)."""
