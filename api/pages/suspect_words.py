"""The words of the page of what complaints have in common."""

# ruff: noqa: RUF001  Chinese has its own punctuation

from __future__ import annotations

ENGLISH = {
    "nav_suspects": "Common cause",
    "suspects_more": (
        "Name what was complained of. The answer ranks what lies upstream by how well it explains "
        "the complaints, and names the fewest that explain them all. It is where to look, not a "
        "verdict. Nothing is stored."
    ),
    "field_complaint": "Complaints",
    "hint_complaint": "A key, scan, serial or lot; a complaint's number; source/id; a line each",
    "field_control": "Items free of complaint",
    "hint_control": "to compare with, a line each; all of the same products unless told",
    "compare_limits": "What to compare with, and cuts in time",
    "ask_suspects": "Find the common cause",
    "suspects_of": "Common cause of {n} complaints",
    "suspects_of_one": "What may have caused one complaint",
    "complaints_change": "The complaints; change them",
    "suspects_compared": "{n} items with complaints, among {population} items that are compared",
    "not_identified": "Not identified, and left out",
    "not_identified_more": "No record names these; check the number, or scan the whole label.",
    "cover": "The fewest that explain all of them",
    "cover_but": "The fewest that explain the others",
    "cover_none": "Nothing explains any of them better than chance.",
    "uncovered": "Explained by nothing",
    "suspects": "Suspects, the most telling first",
    "suspects_none": "There is none.",
    "suspect": "Suspect",
    "explains": "Complaints explained",
    "explains_not": "Not",
    "descended": "Items from it",
    "descended_said": "{n}, of which {bad} with a complaint",
    "odds_ratio": "Odds ratio",
    "by_chance": "By chance alone (p)",
    "within": "within",
    "next_step": "Go on",
    "recall_from_here": "Recall from here",
    "its_forward": "Where it went",
    "no_seed": "An operator is no seed of a recall: take the equipment, or the events.",
    "suspects_read": "How to read it",
    "read_ratio": (
        "Odds ratio: how much more often what comes from it has a complaint than the rest; 1 is no "
        "difference, ∞ that no complaint lies outside it, or nothing from it is free of one."
    ),
    "read_p": (
        "p: how often chance alone would explain as many. Small is telling; equal ones cannot be "
        "told apart, and hundreds are tried, so it ranks and does not prove."
    ),
    "read_window": (
        "With a window only what passed in that time counts. It was chosen after the complaints, "
        "so that it ranks lower than its p says."
    ),
    "suspects_next": (
        "Several explain the complaints as well? Name items free of complaint, one of each lot: "
        "open “{change}”, then “{compare}”."
    ),
    "complained": "What was complained of",
    "join": "The chain that joins it with the first suspect",
    "its_backward": "Where it came from",
    "suspects_limit": "The first {n} are ranked.",
    "json_suspects": "suspects",
    "suspect_item": "Item",
    "suspect_equipment": "Equipment",
    "suspect_event": "Event",
    "suspect_supplier": "Supplier",
    "suspect_operator": "Operator",
    "suspect_place": "Place",
    "suspect_certificate": "Certificate",
}

CHINESE = {
    "nav_suspects": "共同原因",
    "suspects_more": (
        "填写被投诉的物品。结果按解释力对其上游排序，并给出能解释全部投诉的最少嫌疑。"
        "这是排查方向，不是结论。不会存储任何内容。"
    ),
    "field_complaint": "投诉",
    "hint_complaint": "键、扫描内容、序列号或批号；投诉编号；来源/编号；每行一个",
    "field_control": "无投诉的物品",
    "hint_control": "用于对比，每行一个；不填则与同产品的全部物品对比",
    "compare_limits": "对比对象与时间截点",
    "ask_suspects": "查找共同原因",
    "suspects_of": "{n} 项投诉的共同原因",
    "suspects_of_one": "一项投诉的可能原因",
    "complaints_change": "所填投诉；修改",
    "suspects_compared": "{n} 件有投诉的物品，共 {population} 件参与对比",
    "not_identified": "未能识别，未计入",
    "not_identified_more": "没有记录提到它们；请核对编号，或扫描完整标签。",
    "cover": "能解释全部投诉的最少嫌疑",
    "cover_but": "能解释其余投诉的最少嫌疑",
    "cover_none": "没有任何嫌疑比偶然更能解释这些投诉。",
    "uncovered": "无从解释",
    "suspects": "嫌疑，最有力者在前",
    "suspects_none": "没有。",
    "suspect": "嫌疑",
    "explains": "所解释的投诉",
    "explains_not": "不含",
    "descended": "源自它的物品",
    "descended_said": "{n} 件，其中 {bad} 件有投诉",
    "odds_ratio": "比值比",
    "by_chance": "纯属偶然的概率 (p)",
    "within": "时段",
    "next_step": "下一步",
    "recall_from_here": "由此召回",
    "its_forward": "到哪里去",
    "no_seed": "操作员不能作为召回的起点：请选用设备或事件。",
    "suspects_read": "如何阅读",
    "read_ratio": (
        "比值比：源自它的物品比其余物品更常有投诉的倍数；1 表示没有差别，"
        "∞ 表示投诉全部源自它，或源自它的全部有投诉。"
    ),
    "read_p": (
        "p：纯属偶然也能解释这么多的概率。越小越有力；相同者无法区分，"
        "且同时检验了数百项，因此只用于排序，不作证明。"
    ),
    "read_window": (
        "带时段的只计该时段内经过的物品。时段是在投诉之后选定的，因此排名低于其 p 值所示。"
    ),
    "suspects_next": (
        "有几个嫌疑解释力相当？请填写无投诉的物品，每个批次一件：打开“{change}”，再打开“{compare}”。"
    ),
    "complained": "被投诉的物品",
    "join": "与第一嫌疑相连的链条",
    "its_backward": "从哪里来",
    "suspects_limit": "只排列前 {n} 项。",
    "json_suspects": "嫌疑",
    "suspect_item": "物品",
    "suspect_equipment": "设备",
    "suspect_event": "事件",
    "suspect_supplier": "供应商",
    "suspect_operator": "操作员",
    "suspect_place": "地点",
    "suspect_certificate": "证书",
}
