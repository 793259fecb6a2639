"""The words of the page of a large scope before it is reasoned."""

# ruff: noqa: RUF001  Chinese has its own punctuation

from __future__ import annotations

ENGLISH = {
    "extent_title": "At most {n} items are reached",
    "extent_label": "{n} items by kind and product; as a table below",
    "about_extent": (
        "Everything that the records lead to from what is bad. Not all of it need be affected: "
        "time, recorded allocation and amounts are not looked at yet."
    ),
    "extent_other": "other",
    "extent_go_on": "Show the whole answer",
    "extent_takes": "For so many items it takes a while.",
    "extent_working": (
        "What is affected, how surely, where it is and who has it is being worked out; it will "
        "stand here by itself."
    ),
    "extent_failed": "The answer did not arrive. Ask for it again:",
}

CHINESE = {
    "extent_title": "最多涉及 {n} 个物品",
    "extent_label": "{n} 个物品，按类型和产品划分；亦见下表",
    "about_extent": (
        "从问题源头按记录可到达的全部物品。其中并非都受影响：尚未考虑时间、已记录的分配和数量。"
    ),
    "extent_other": "其他",
    "extent_go_on": "显示完整结果",
    "extent_takes": "物品如此之多，需要一些时间。",
    "extent_working": (
        "正在推算哪些受影响、确定程度、所在位置以及由谁持有；完成后将自动显示在此处。"
    ),
    "extent_failed": "未能取得结果。请重新获取：",
}
