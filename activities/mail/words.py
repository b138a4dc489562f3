"""What each step asks for and why, and what each outcome means, in the words of a mail. Titles are the catalogue's."""

from dataclasses import dataclass

from models.vocabulary import Content, Outcome, Role, StepKind

K = StepKind


@dataclass(frozen=True)
class Ask:
    """What to do, and why it is asked."""

    do: str
    why: str


ASKS: dict[str, dict[StepKind, Ask]] = {
    "en": {
        K.VERIFY_NOMINATION: Ask(
            "Check the nomination and answer with verified, returned or rejected.",
            "Everything that follows builds on the nomination; a returned one is corrected under the same code.",
        ),
        K.CORRECT_NOMINATION: Ask(
            "Correct the nomination and send it again under the same code. Nothing has to be entered anew.",
            "The host returned the nomination. If it is not corrected in time, it lapses.",
        ),
        K.SUBMIT_DOCUMENTS: Ask(
            "Hand in the documents below. The step closes by itself with the last accepted one.",
            "Your university decides on the application as soon as they are complete.",
        ),
        K.SENDING_APPROVAL: Ask(
            "Look through the application and approve it, return documents to be replaced, or reject it.",
            "With your approval the student asks for one of this year's seats.",
        ),
        K.WAIT_FOR_SEAT: Ask(
            "There is nothing to do: the student waits for a seat.",
            "All seats of this year are taken.",
        ),
        K.ANSWER_SEAT_OFFER: Ask(
            "Accept or decline the seat.",
            "A seat came free and you are next on the waitlist. Unanswered, it goes to the next student.",
        ),
        K.HOST_APPROVAL: Ask(
            "Decide on the application: approve or reject.",
            "The student can only plan the journey once the host has decided.",
        ),
        K.ACCEPT_OFFER: Ask(
            "Accept the offer and acknowledge its terms (who pays what, housing, observation only in the clinic), or "
            "decline it.",
            "The host offers you a place. Unanswered, the offer ends and the place goes to somebody else.",
        ),
        K.DECIDE_FORM: Ask(
            "Decide which form the visa needs: DQ or JW202.",
            "A stay of 28 or 29 days is below the range of the DQ form.",
        ),
        K.ISSUE_INVITATION: Ask(
            "Issue the papers below and hand them in.",
            "The student can apply for a visa only with them.",
        ),
        K.OBTAIN_VISA: Ask(
            "Apply for the visa with the papers of the host and hand in a copy; say so if it is refused.",
            "Without a visa for the whole stay you cannot travel.",
        ),
        K.SUBMIT_INSURANCE: Ask(
            "Hand in the proof of an insurance that covers every day of the stay.",
            "Students are insured at their own expense; the host must see it before the journey.",
        ),
        K.SUBMIT_HEALTH_RECORDS: Ask(
            "Hand in the records below.",
            "Occupational health looks at them before any clinical day. Laboratory work does not wait for it.",
        ),
        K.CLEAR_FOR_CLINIC: Ask(
            "Decide whether the student may observe in the clinic, and through which day.",
            "No clinical day may begin before this clearance.",
        ),
        K.CONFIRM_BED: Ask(
            "Confirm the bed below, or choose another one.",
            "The bed is kept for every night of the stay; the student travels only when it is confirmed.",
        ),
        K.FIND_BED: Ask(
            "Find housing for the whole stay, or answer that there is none.",
            "No bed is free for all nights.",
        ),
        K.ACCEPT_STUDENT: Ask(
            "Accept the student for the block below, or decline.",
            "A place in your unit is kept for this block. If you decline, another unit is asked.",
        ),
        K.FIND_PLACE: Ask(
            "Find a unit for the block below, or answer that there is none.",
            "No unit with a free place is left.",
        ),
        K.CONFIRM_ARRIVAL: Ask(
            "Confirm the date and time of your arrival.",
            "Housing and the coordinator prepare your first day.",
        ),
        K.CHECK_IN: Ask(
            "Report the arrival at the residence with its time.",
            "The moment of arrival starts the legal deadlines.",
        ),
        K.REGISTER_RESIDENCE: Ask(
            "Register the student's residence with the local police, then answer registered.",
            "Article 39 of China's Exit and Entry Administration Law gives 24 hours from the arrival at the residence. "
            "The clock runs through nights, weekends and holidays.",
        ),
        K.VALIDATE_SEVIS: Ask(
            "Validate the student's record in SEVIS.",
            "A record that is not validated within 30 days of the programme's start is cancelled (22 CFR 62).",
        ),
        K.ORIENTATION: Ask(
            "Hold the orientation and answer held.",
            "The student learns whom to ask and what to do in an emergency.",
        ),
        K.EVALUATE_STUDENT: Ask(
            "Evaluate the student's work in the block below: ratings and result.",
            "The certificate needs the evaluation of every rotation.",
        ),
        K.EVALUATE_PROGRAMME: Ask(
            "Rate how far the programme reached its objectives.",
            "The certificate needs your evaluation, and the next students profit from it.",
        ),
        K.RECORD_ATTENDANCE: Ask(
            "Record the hours attended of the contents below.",
            "The certificate needs the attendance of every content.",
        ),
        K.DEPART: Ask(
            "Check the student out of the residence and report the day.",
            "The certificate states the actual dates of the stay.",
        ),
        K.SETTLE_CERTIFICATE: Ask(
            "Settle what is missing and have it looked at again, or close without a certificate.",
            "The conditions below are not met yet.",
        ),
    },
    "zh": {
        K.VERIFY_NOMINATION: Ask(
            "请核对提名信息，并答复：核实通过、退回修改或拒绝。",
            "后续各环节均以提名为依据；退回的提名可在原编号下修改。",
        ),
        K.CORRECT_NOMINATION: Ask(
            "请修改提名后在原编号下重新提交，无需重新录入。", "接收院校退回了该提名。逾期未修改，提名将失效。"
        ),
        K.SUBMIT_DOCUMENTS: Ask(
            "请提交下列材料。最后一份材料通过后，本事项自动完成。", "材料齐全后，您所在院校即开始审批。"
        ),
        K.SENDING_APPROVAL: Ask("请审阅申请：批准、退回需更换的材料或拒绝。", "批准后，该生即申请本年度名额。"),
        K.WAIT_FOR_SEAT: Ask("无需操作：该生正在候补名额。", "本年度名额已满。"),
        K.ANSWER_SEAT_OFFER: Ask(
            "请接受或放弃该名额。", "有名额空出，您位列候补首位。逾期未答复，名额将给予下一位学生。"
        ),
        K.HOST_APPROVAL: Ask("请审批申请：批准或拒绝。", "接收院校作出决定后，学生才能安排行程。"),
        K.ACCEPT_OFFER: Ask(
            "请接受录取并确认相关条款（费用承担、住宿、临床仅限观摩），或放弃录取。",
            "接收院校已为您提供名额。逾期未答复，录取失效，名额将给予他人。",
        ),
        K.DECIDE_FORM: Ask("请确定签证所需表格：DQ表或JW202表。", "28至29天的停留短于DQ表的适用期限。"),
        K.ISSUE_INVITATION: Ask("请签发并提交下列文件。", "学生须凭这些文件申请签证。"),
        K.OBTAIN_VISA: Ask(
            "请凭接收院校的文件申请签证并提交签证复印件；如被拒签，请告知。", "没有覆盖全程的签证，您无法启程。"
        ),
        K.SUBMIT_INSURANCE: Ask("请提交覆盖全程每一天的保险证明。", "保险由学生自理，接收院校须在启程前查验。"),
        K.SUBMIT_HEALTH_RECORDS: Ask("请提交下列证明。", "职业健康部门在临床见习开始前审核；实验室工作不受此影响。"),
        K.CLEAR_FOR_CLINIC: Ask("请决定该生可否进入临床见习及有效期至何日。", "未获批准，不得开始临床见习。"),
        K.CONFIRM_BED: Ask("请确认下列床位，或另选床位。", "床位已为全程保留；确认后学生方可启程。"),
        K.FIND_BED: Ask("请为全程安排住宿，或答复无法安排。", "没有可覆盖全程的空床位。"),
        K.ACCEPT_STUDENT: Ask(
            "请就下列时段答复：同意接收或不接收。", "已在您的科室或实验室保留一个名额。如不接收，将询问其他单位。"
        ),
        K.FIND_PLACE: Ask("请为下列时段安排单位，或答复无法安排。", "已没有空余名额的单位。"),
        K.CONFIRM_ARRIVAL: Ask("请确认抵达的日期和时间。", "住宿管理人员与协调员将据此安排您的第一天。"),
        K.CHECK_IN: Ask("请登记学生抵达住宿地点的时间。", "法定期限自抵达之时起算。"),
        K.REGISTER_RESIDENCE: Ask(
            "请到当地公安机关为学生办理住宿登记，然后答复“已登记”。",
            "《中华人民共和国出境入境管理法》第三十九条规定，须在入住后24小时内办理；夜间、周末和节假日均计算在内。",
        ),
        K.VALIDATE_SEVIS: Ask("请在SEVIS系统中激活该生的记录。", "项目开始后30天内未激活的记录将被注销（22 CFR 62）。"),
        K.ORIENTATION: Ask("请举行入学说明会，然后答复“已举行”。", "学生由此了解有事找谁、紧急情况如何处理。"),
        K.EVALUATE_STUDENT: Ask("请评价该生在下列时段的表现：评分与结果。", "颁发证书须有每个轮转的评价。"),
        K.EVALUATE_PROGRAMME: Ask("请评价项目各项目标的达成情况。", "颁发证书须有您的评价，后来的学生也将受益。"),
        K.RECORD_ATTENDANCE: Ask("请登记下列内容的出勤学时。", "颁发证书须有各项内容的出勤记录。"),
        K.DEPART: Ask("请为学生办理退宿并登记离校日期。", "证书载明交流的实际起止日期。"),
        K.SETTLE_CERTIFICATE: Ask("请处理未满足的条件后重新核查，或不颁发证书而结束。", "下列条件尚未满足。"),
    },
}

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

REASONS: dict[str, dict[str, str]] = {
    "en": {
        "without_certificate": "The conditions for a certificate are not met.",
        "certificate_issued": "The certificate comes in a mail of its own.",
        "withdrawn": "",
        "cancelled_by_operator": "It was cancelled by the operators of the service.",
    },
    "zh": {
        "without_certificate": "未满足颁发证书的条件。",
        "certificate_issued": "证书将另行通知。",
        "withdrawn": "",
        "cancelled_by_operator": "由系统管理员取消。",
    },
}
"""What is added for a reason that is no step; a step's title is added otherwise."""

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

LABELS: dict[str, dict[str, str]] = {
    "en": {
        "student": "Student",
        "universities": "From, to",
        "stay": "Stay",
        "exchange": "Exchange",
        "cohort": "Cohort",
        "about": "About",
        "do": "What to do",
        "due": "By when",
        "why": "Why",
        "ends": "Unanswered, it ends",
        "note": "What was written",
        "owner": "Owed by",
        "was_due": "Was due",
        "done": "This was settled before the mail could be sent. Nothing is left to do.",
    },
    "zh": {
        "student": "学生",
        "universities": "派出与接收院校",
        "stay": "交流时间",
        "exchange": "交流编号",
        "cohort": "批次",
        "about": "相关内容",
        "do": "需要做什么",
        "due": "截止时间",
        "why": "原因",
        "ends": "逾期未答复将于此时关闭",
        "note": "附言",
        "owner": "责任人",
        "was_due": "原截止时间",
        "done": "在本邮件发出前，该事项已经办结，无需再处理。",
    },
}
