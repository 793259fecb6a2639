"""The words of the pages that change something."""

# ruff: noqa: RUF001  Chinese has its own punctuation

from __future__ import annotations

ENGLISH = {
    "act_signin": "Sign in with a writer's key to do this",
    "act_role": "It takes the key of a writer; yours may read.",
    "act_cancel": "Leave it as it is",
    "act_changed": "This has changed since the page was made. Look again, then decide.",
    "act_preview": "What this will do",
    "field_name": "Name",
    "field_status": "Status",
    "store": "Store this scope",
    "store_then": "Then hold what is on hand, write the letters, print the audit report.",
    "store_more": (
        "It is stored as it is shown, under its hash, and never changes; who has a writer's key "
        "can open, review and close it later."
    ),
    "store_before": "It is stored already; what is said here replaces its name and status:",
    "store_count": "{items} items affected, {unproven} unproven, {consignees} consignees",
    "store_do": "Store",
    "store_name_hint": "such as the number of the case; optional",
    "storing_open": (
        "Open case: from now on the gate refuses whatever it reaches, asking anew as more is "
        "recorded."
    ),
    "storing_closed": "Closed: kept for the record; the gate does not mind it.",
    "do_open": "Open the case",
    "do_closed": "Close the case",
    "do_review": "Review the case",
    "doing_open": (
        "The gate will refuse whatever the case reaches ({n} items when it was stored), from now "
        "on."
    ),
    "doing_closed": (
        "The gate will no longer refuse its items ({n} when it was stored) because of this case. "
        "Holds and other open cases stay. The scope is kept, and can be opened again."
    ),
    "doing_review": (
        "The question is asked again with all that is recorded now. If the answer has changed, "
        "the case is flagged, and the newer answer is stored beside it, closed. The case itself "
        "({n} items) stays."
    ),
    "do_hold": "Hold what is on hand",
    "hold_title": "Hold what is on hand",
    "hold_more": (
        "Each of these {n} items is blocked as such, wherever it is, until it is released: the "
        "gate refuses it. A lot and each serial of it are items of their own. One hold event for "
        "each is recorded and stays to be seen, also after it is released."
    ),
    "hold_before": (
        "✓ {n} items on hand have been held from this scope, and are not held twice. The page of "
        "each says whether it was released since."
    ),
    "hold_unproven_closed": (
        "{n} unproven items are not held here, nor does the gate refuse them for a closed case."
    ),
    "hold_unproven": (
        "{n} unproven items are not held here. The gate refuses them while the case is open."
    ),
    "hold_many": (
        "{n} items are on hand, and at most {most} can be held at once. Send the hold events from "
        "the command line."
    ),
    "hold_none": "Nothing is left to hold: nothing else of it is on hand.",
    "hold_do": "Hold {n} items",
    "field_reason": "Reason",
    "letters": "Letters",
    "letters_title": "Letters of {name}",
    "letters_more": (
        "One letter to each of {n} consignees, each on a page of its own when printed. What is "
        "wrong and what the risk is no record says: add it here, and it stands in each of them."
    ),
    "letters_add": "Add to the letters",
    "letters_wrong": "What is wrong, and what the risk is",
    "letters_answer": "Answer to",
    "letters_recall": "Product recall, please act",
    "letters_sent": (
        "By our records you were sent the products below. They are affected, or may be, and we "
        "recall them ({name}, as recorded up to number {known_at})."
    ),
    "letters_stop": "Stop using, selling and passing on these products; set aside what you have.",
    "letters_pass": "Whom you passed them on to, tell at once, with a copy of this letter.",
    "letters_reply": "Answer even if you have none: fill in below, and send it back.",
    "letters_rest": "the enclosed list has all of them",
    "letters_have": "We have, and have set aside",
    "letters_used": "We used",
    "letters_passed": "We passed on, and told, whom",
    "letters_signed": "Name, date, signature",
    "release_title": "Release from hold",
    "release_more": (
        "The hold of each of these {n} items ends: a release event for each is recorded, with "
        "your key and reason. What else the gate has against an item stays."
    ),
    "release_hold": "Hold",
    "release_then": "Afterwards, to be shipped",
    "release_do": "Release {n} items",
    "release_elsewhere": "A hold that blocks it is not its own. Release it where it stands:",
    "release_none": (
        "No hold stands here. A hold of a lot, a container or a serial is released from its own "
        "page; part of a quantity by a release event."
    ),
    "complaint_title": "Register a complaint",
    "complaint_more": "All of it is recorded, as {clause} asks.",
    "complaint_does": (
        "One complaint event is recorded, with your key. It is in the story of the item, and can "
        "be asked about among suspects. It blocks nothing."
    ),
    "complaint_udi": "Identifier (UDI where it is one)",
    "complaint_number": "Number of the complaint",
    "complaint_occurred_at": "Date it came",
    "complaint_party": "Complainant",
    "complaint_description": "Nature of the complaint",
    "complaint_correction": "Correction or corrective action",
    "complaint_reply": "Reply to the complainant",
    "complaint_status": "State",
    "complaint_open": "open",
    "complaint_closed": "closed",
    "complaint_hint_occurred_at": "such as 2026-03-02, or a time with its offset",
    "complaint_hint_party": "number of the party; not the name of a patient",
    "complaint_hint_correction": "where there is none yet, say so",
    "complaint_hint_reply": "where there is none yet, say so",
    "complaint_do": "Register",
    "correct_void": "Make it void",
    "correct_replace": "Correct it",
    "correct_done": "It is void already; there is nothing to correct.",
    "correct_not": "A void cannot be corrected. Send the right event anew, under another id.",
    "correcting_void": (
        "A void event is recorded with your key and reason. The event stays to be seen, struck "
        "through, and counts no longer, at any time it is asked about. It cannot be taken back."
    ),
    "correcting_replace": (
        "It is made void, and the corrected event is recorded in its place, both in one step. "
        "Both stay to be seen."
    ),
    "differences": "What is told otherwise",
    "event_field": "Field",
    "event_anew": "The event: put right what is wrong in it",
    "event_anew_more": (
        "JSON: change the values alone, each within its quotes. Its source stays, and its id and "
        "what it replaces follow by themselves."
    ),
    "show_first": "Show what changes",
    "replaced_by": "Replaced by",
    "rests_lines": "Lines that no longer count: {n}. Positions and traces are told without them.",
    "rests_order": "The state of its order is worked out anew:",
    "rests": "{items} items are on it or were made of those, in {events} later makings",
    "rests_more": (
        "More than {items} items are on it or were made of those, in {events} later makings or more"
    ),
    "rests_case": (
        "{n} items of an open case are on it or were made of those. The gate asks anew by itself; "
        "the case stays as stored, so review it:"
    ),
    "rests_no_case": "No open case has an item that is on it or was made of those.",
    "do_not": "There is nothing to do: the case is {status}.",
}

CHINESE = {
    "act_signin": "请用写入者的密钥登录后操作",
    "act_role": "此操作需要写入者的密钥；您的密钥只能查阅。",
    "act_cancel": "保持不变",
    "act_changed": "页面打开后情况已有变化。请重新查看后再决定。",
    "act_preview": "将会发生什么",
    "field_name": "名称",
    "field_status": "状态",
    "store": "存储此范围",
    "store_then": "然后扣留在库物品、撰写信函、打印审计报告。",
    "store_more": (
        "按所示内容以其哈希存储，永不更改；持有写入者密钥的人以后可以将其设为未结、复核和结案。"
    ),
    "store_before": "已经存储；此处所填将替换其名称和状态：",
    "store_count": "{items} 件受影响，{unproven} 件未证实，{consignees} 个收货方",
    "store_do": "存储",
    "store_name_hint": "例如案件编号；可不填",
    "storing_open": "未结案件：从现在起放行关口拒绝其涉及的一切，并随新记录重新查询。",
    "storing_closed": "已结：仅作存档；放行关口不予理会。",
    "do_open": "设为未结案件",
    "do_closed": "结案",
    "do_review": "复核案件",
    "doing_open": "从现在起，放行关口将拒绝该案件涉及的一切（存储时为 {n} 件）。",
    "doing_closed": (
        "放行关口将不再因该案件拒绝其物品（存储时为 {n} 件）。"
        "扣留和其他未结案件仍然有效。范围会保留，可再次设为未结。"
    ),
    "doing_review": (
        "将以目前的全部记录重新查询。若结果有变化，案件会被标记，"
        "较新的结果以已结状态存储在旁。案件本身（{n} 件）不变。"
    ),
    "do_hold": "扣留在库物品",
    "hold_title": "扣留在库物品",
    "hold_more": (
        "以下 {n} 件物品将各自整体扣留，不论在何处，直至解除：放行关口会拒绝它们。"
        "批次与其每个序列号各算一件。每件记录一个扣留事件，解除后仍可查到。"
    ),
    "hold_before": "✓ 已由本范围扣留 {n} 件在库物品，不再重复。其各自页面说明此后是否已解除。",
    "hold_unproven_closed": "{n} 件未证实的物品不在此扣留。案件已结，放行关口也不会拒绝它们。",
    "hold_unproven": "{n} 件未证实的物品不在此扣留。案件未结期间放行关口会拒绝它们。",
    "hold_many": "在库 {n} 件，一次最多扣留 {most} 件。请用命令行发送扣留事件。",
    "hold_none": "没有可再扣留的：无其他在库物品。",
    "hold_do": "扣留 {n} 件",
    "field_reason": "原因",
    "letters": "信函",
    "letters_title": "{name} 的信函",
    "letters_more": (
        "致 {n} 个收货方，每方一封，打印时各自成页。"
        "问题和风险没有记录可查：请在此补充，将写入每封信函。"
    ),
    "letters_add": "写入信函",
    "letters_wrong": "存在的问题及其风险",
    "letters_answer": "请回复至",
    "letters_recall": "产品召回，请立即处理",
    "letters_sent": (
        "据我方记录，贵方收到过下列产品。它们受到或可能受到影响，现予召回"
        "（{name}，记录截至第 {known_at} 号）。"
    ),
    "letters_stop": "请停止使用、销售和转交这些产品，并隔离现有产品。",
    "letters_pass": "如已转交他人，请立即告知对方，并附本函副本。",
    "letters_reply": "即使没有库存也请答复：填写下栏后寄回。",
    "letters_rest": "全部内容见所附清单",
    "letters_have": "现有并已隔离",
    "letters_used": "已使用",
    "letters_passed": "已转交并告知的对象",
    "letters_signed": "姓名、日期、签字",
    "release_title": "解除扣留",
    "release_more": (
        "以下 {n} 件物品的扣留将结束：每件以您的密钥和原因记录一个解除事件。"
        "放行关口对物品的其他拒绝原因仍然有效。"
    ),
    "release_hold": "扣留",
    "release_then": "此后能否发运",
    "release_do": "解除 {n} 件",
    "release_elsewhere": "有扣留不在此物品本身而在他处，请在其所在处解除：",
    "release_none": (
        "此处没有有效的扣留。批次、容器或序列号的扣留在其各自页面解除；部分数量用解除事件解除。"
    ),
    "complaint_title": "登记投诉",
    "complaint_more": "按 {clause} 的要求，以下各项都会记录。",
    "complaint_does": (
        "将以您的密钥记录一个投诉事件。它会出现在该物品的经历中，"
        "也可用于查找共同原因。它不会扣留任何物品。"
    ),
    "complaint_udi": "标识（如为 UDI）",
    "complaint_number": "投诉编号",
    "complaint_occurred_at": "收到日期",
    "complaint_party": "投诉方",
    "complaint_description": "投诉内容",
    "complaint_correction": "纠正或纠正措施",
    "complaint_reply": "对投诉方的答复",
    "complaint_status": "状态",
    "complaint_open": "未结",
    "complaint_closed": "已结",
    "complaint_hint_occurred_at": "例如 2026-03-02，或带时区的时间",
    "complaint_hint_party": "往来单位编号；不要填写患者姓名",
    "complaint_hint_correction": "尚无时请注明",
    "complaint_hint_reply": "尚无时请注明",
    "complaint_do": "登记",
    "correct_void": "作废",
    "correct_replace": "更正",
    "correct_done": "已作废，无可更正。",
    "correct_not": "作废事件不能再更正。请以另一编号重新发送正确的事件。",
    "correcting_void": (
        "将以您的密钥和原因记录一个作废事件。原事件加删除线后仍可查看，"
        "但在任何查询时点都不再计入。此操作不可撤回。"
    ),
    "correcting_replace": "原事件作废，更正后的事件取而代之，一步完成。两者均可查看。",
    "differences": "改动之处",
    "event_field": "字段",
    "event_anew": "事件：请更正其中的错误",
    "event_anew_more": "JSON：只改引号内的值。来源不变；编号和所取代的事件自动生成。",
    "show_first": "显示改动",
    "replaced_by": "已被取代：",
    "rests_lines": "{n} 行不再计入，位置与追溯将不含它们。",
    "rests_order": "其订单的状态将重新得出：",
    "rests": "涉及或由其制成的物品 {items} 件，经 {events} 次后续制造",
    "rests_more": "涉及或由其制成的物品超过 {items} 件，经 {events} 次或更多后续制造",
    "rests_case": (
        "某未结案件中有 {n} 件物品为其所涉及或由其产生。放行关口会自动重新查询；"
        "案件保持存储时的内容，请复核："
    ),
    "rests_no_case": "没有未结案件含有其涉及或产生的物品。",
    "do_not": "无需操作：案件状态为{status}。",
}
