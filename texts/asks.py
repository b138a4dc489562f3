"""What each step asks for and why, in both languages. Titles are the catalogue's."""

from dataclasses import dataclass

from models.vocabulary import StepKind

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
        K.WATCH_STAY: Ask(
            "Leave the country by this day, or have your stay extended before.",
            "Each day beyond the permitted stay is fined, and may bar the next visa.",
        ),
        K.RECORD_STAY: Ask(
            "Look at the visa or permit and record the last day of the permitted stay.",
            "The alarms before an overstay count from it.",
        ),
        K.FILE_EXTENSION: Ask(
            "File the extension with the exit and entry authority by this day and answer with filed; "
            "or with not_filed if you leave before.",
            "Your permitted stay ends before your exchange does.",
        ),
        K.AWAIT_EXTENSION: Ask(
            "Record what the authority answered: granted, with the last day of the stay, or refused.",
            "The student may stay on only with the extension; refused, they leave by the last day.",
        ),
        K.APPLY_RESIDENCE_PERMIT: Ask(
            "Apply for the residence permit with the exit and entry authority, and answer with applied.",
            "Your visa is good for entering; the stay itself needs the permit.",
        ),
        K.REPORT_ADDRESS: Ask(
            "Report the new address in SEVIS and answer with reported.",
            "The student has moved; the record must follow.",
        ),
        K.CONFIRM_REENTRY: Ask(
            "Find out whether the student returns: new_visa if another one is on its way, not_returning otherwise.",
            "The student left the country on a visa for a single entry, which is used up.",
        ),
        K.REVIEW_SERVICE_LEVEL: Ask(
            "Look into the late answers and answer with acted, or with accepted if nothing is to be done.",
            "More answers of this unit come late than agreed; others wait for them.",
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
        K.WATCH_STAY: Ask(
            "请在该日前离境，或事先办妥延期。",
            "超过许可停留期限将按日罚款，并可能影响今后的签证。",
        ),
        K.RECORD_STAY: Ask(
            "请查看签证或居留许可，登记许可停留的最后一日。",
            "逾期停留的提醒以该日期为准。",
        ),
        K.FILE_EXTENSION: Ask(
            "请在该日前向出入境管理机构提交延期申请，并答复“filed”；如提前离境，请答复“not_filed”。",
            "您的许可停留期早于交流结束日期届满。",
        ),
        K.AWAIT_EXTENSION: Ask(
            "请登记主管机关的答复：granted（批准，并填写停留截止日）或refused（不予批准）。",
            "获得延期后学生方可继续停留；未获批准的，须在停留期满前离境。",
        ),
        K.APPLY_RESIDENCE_PERMIT: Ask(
            "请向出入境管理机构申请居留许可，并答复“applied”。",
            "您的签证仅供入境，停留须凭居留许可。",
        ),
        K.REPORT_ADDRESS: Ask(
            "请在SEVIS系统中申报新地址，并答复“reported”。",
            "学生已更换住址，记录须同步更新。",
        ),
        K.CONFIRM_REENTRY: Ask(
            "请确认学生是否返回：正在办理新签证请答复“new_visa”，不再返回请答复“not_returning”。",
            "学生持一次入境签证离境，该签证已失效。",
        ),
        K.REVIEW_SERVICE_LEVEL: Ask(
            "请了解答复超期的原因，并答复“acted”；如无需处理，请答复“accepted”。",
            "该单位答复超期的比例高于约定，影响他人的安排。",
        ),
    },
}
