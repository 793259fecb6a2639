"""The words of the pages, in every language that they speak."""

# ruff: noqa: RUF001  Chinese has its own punctuation

from __future__ import annotations

from api.pages import (
    acting_words,
    event_words,
    extent_words,
    find_words,
    flow_words,
    gap_words,
    item_words,
    order_words,
    recall_words,
    report_words,
    signin_words,
    suspect_words,
)
from viz.words import LANGUAGES as FIGURE_LANGUAGES

ENGLISH = {
    "this_language": "English",
    "other_language": "中文",
    "title": "tracegraph",
    "skip": "Skip to content",
    "pages": "Pages",
    "nav_recall": "Recall",
    "search": "Find",
    "search_hint": "Scan or type a number",
    "find": "Find",
    "found_several": "{n} things could be meant by “{q}”",
    "found_more": "There are more: be more precise.",
    "found_none": "Nothing is called “{q}”",
    "try": "What to try",
    "try_whole": "Scan the whole label: a number alone may be cut short.",
    "try_part": "Type only the lot, the serial or the product number.",
    "try_supplier": "A supplier's own lot number is found where a receipt says it: type all of it,"
    " or look for the lot by its order, delivery note or certificate.",
    "try_known_at": "If a “known at” is set, clear it: the item may have been recorded later.",
    "try_search": "Search again with the box above.",
    "welcome": "Where did it come from, where did it go, and how do you know?",
    "welcome_more": "Find a lot, a serial or a container to see its genealogy and its history; "
    "or an order, a document, a party, a product, a place or a machine.",
    "begin": "Where to begin",
    "begin_recall": "Something is bad:",
    "begin_recall_more": "what it affects, who has it, whom to call, which records are missing",
    "begin_gate": "May it ship?",
    "begin_gate_more": "Find the lot or serial in the box above: its page says so, or why not.",
    "begin_audit": "An auditor asks about an item?",
    "begin_audit_more": "Find it above: its genealogy, each record behind it, a report as PDF.",
    "begin_suspects": "Several complaints:",
    "begin_suspects_more": "what they have in common",
    "begin_scopes": "A case is open:",
    "begin_scopes_more": "hold what is on hand, write letters, see what changed since",
    "begin_wrong": "A record is wrong?",
    "begin_wrong_more": "Find the item above, open the record in its story, and correct it there.",
    "empty_store": "Nothing is recorded yet",
    "empty_store_more": "Load a small example, or send events of your own:",
    "empty_store_or": "Then reload this page.",
    "unknown_item": "No record names this item",
    "refused": "This cannot be asked",
    "kind": "Kind",
    "product": "Product",
    "number": "Number",
    "key": "Key",
    "aliases": "Also known as",
    "lots_of": "Of lot",
    "serials_of": "Serials",
    "none": "none",
    "question": "The question",
    "direction": "Direction",
    "backward": "Where it came from",
    "forward": "Where it went",
    "both": "Both",
    "as_of": "As of",
    "as_of_hint": "what had happened by then, such as 2026-03-02",
    "known_at": "Known at",
    "known_at_hint": "what had been recorded by then, such as 2026-03-02",
    "when_hint": "2026-03-02 (to its end, UTC), 2026-03-02T09:14:00+08:00",
    "known_at_more": "or a journal number",
    "field_max_depth": "Steps at most",
    "ask": "Show",
    "reset": "Start over",
    "genealogy": "Genealogy",
    "figure_label": "Genealogy of {name}: {items} items, {events} events; also in the table",
    "answer": "{items} items and {events} events, as recorded up to journal number {known_at}",
    "truncated": "This answer was cut short: complete up to step {depth}. {detail}",
    "legend": "How to read it",
    "legend_flow": "Material flows from left to right; numbers count steps on the longest way.",
    "legend_seed": "★ the item asked for",
    "legend_lot": "lot",
    "legend_serial": "serial",
    "legend_container": "container",
    "legend_fold": "×12: twelve items in one card; choose it to open it",
    "legend_event": "an event; lines show where material went in and out",
    "legend_back": "material that flows back, such as rework",
    "figure_svg": "This figure as SVG",
    "figure_pdf": "as PDF",
    "sheet_as_of": "As of {as_of}",
    "sheet_cut": "Journal number {known_at}; printed {printed} UTC; tracegraph {version}",
    "figure_png": "As PNG",
    "groups": "Folded cards ({n})",
    "open": "open",
    "close": "close",
    "items": "Items",
    "items_of": "Items {first} to {last} of {total}",
    "depth": "Step",
    "way": "Way",
    "through": "Through",
    "of_its_lot": "lot and its serial",
    "first_event": "First event",
    "last_event": "Last event",
    "previous": "Previous",
    "next": "Next",
    "history_more": "Later entries",
    "recorded": "Recorded (UTC)",
    "event": "Event",
    "source": "Reported by",
    "status": "Status",
    "voided": "voided by no. {seq}",
    "voided_now": "voided",
    "via": "in",
    "role_input": "went in",
    "role_output": "came out",
    "role_item": "item",
    "role_container": "was the container",
    "json": "As data (JSON)",
    "json_item": "item",
    "json_genealogy": "genealogy",
    "json_history": "history",
    "json_search": "search",
    "no_script": "The figure works better with JavaScript; nothing here needs it.",
}

CHINESE = {
    "this_language": "中文",
    "other_language": "English",
    "title": "tracegraph",
    "skip": "跳到正文",
    "pages": "页面",
    "nav_recall": "召回",
    "search": "查找",
    "search_hint": "扫描标签或输入编号",
    "find": "查找",
    "found_several": "“{q}”可能有 {n} 种含义",
    "found_more": "还有更多结果：请输入得更精确。",
    "found_none": "没有任何名为“{q}”的记录",
    "try": "可以尝试",
    "try_whole": "扫描完整标签：单独的编号可能被截断。",
    "try_part": "只输入批号、序列号或产品编号。",
    "try_supplier": "收货记录中登记过的供应商批号可以查到，请输入完整号码；"
    "也可通过订单、送货单或证书查找该批次。",
    "try_known_at": "如果设置了“获知截至”，请清除：该物品可能记录得更晚。",
    "try_search": "用上方的搜索框重新查找。",
    "welcome": "它从哪里来，到哪里去，依据是什么？",
    "welcome_more": "查找批次、序列号或容器，查看其谱系和历史；"
    "也可查找订单、单据、往来单位、产品、地点或设备。",
    "begin": "从哪里开始",
    "begin_recall": "有东西出了问题：",
    "begin_recall_more": "影响什么、谁持有、该联系谁、缺少哪些记录",
    "begin_gate": "能否发运？",
    "begin_gate_more": "在上方查找批次或序列号：其页面说明可否放行，或为何不可、如何解除。",
    "begin_audit": "审计员询问某件物品？",
    "begin_audit_more": "在上方查找它：谱系、背后的每条记录，以及 PDF 报告。",
    "begin_suspects": "收到多起投诉：",
    "begin_suspects_more": "它们有什么共同之处",
    "begin_scopes": "案件未结：",
    "begin_scopes_more": "扣留在库物品、撰写信函、查看此后的变更",
    "begin_wrong": "某条记录有误？",
    "begin_wrong_more": "在上方查找该物品，在其经历中打开该记录并更正。",
    "empty_store": "尚无任何记录",
    "empty_store_more": "载入一个小示例，或发送您自己的事件：",
    "empty_store_or": "然后刷新本页。",
    "unknown_item": "没有记录提到该物品",
    "refused": "无法这样查询",
    "kind": "类别",
    "product": "产品",
    "number": "编号",
    "key": "键",
    "aliases": "别名",
    "lots_of": "所属批次",
    "serials_of": "序列号数",
    "none": "无",
    "question": "查询条件",
    "direction": "方向",
    "backward": "从哪里来",
    "forward": "到哪里去",
    "both": "双向",
    "as_of": "发生截至",
    "as_of_hint": "到那时已发生的，例如 2026-03-02",
    "known_at": "获知截至",
    "known_at_hint": "到那时已记录的，例如 2026-03-02",
    "when_hint": "2026-03-02（至当日结束，UTC）、2026-03-02T09:14:00+08:00",
    "known_at_more": "或日志序号",
    "field_max_depth": "最多步数",
    "ask": "显示",
    "reset": "重新开始",
    "genealogy": "谱系",
    "figure_label": "{name} 的谱系：{items} 件物品，{events} 个事件；亦见下表",
    "answer": "{items} 件物品和 {events} 个事件，记录截至日志序号 {known_at}",
    "truncated": "此结果已被截断：完整到第 {depth} 步。{detail}",
    "legend": "如何阅读",
    "legend_flow": "物料从左向右流动；数字为最长路径的步数。",
    "legend_seed": "★ 所查询的物品",
    "legend_lot": "批次",
    "legend_serial": "序列号",
    "legend_container": "容器",
    "legend_fold": "×12：一张卡片中有十二件物品；选择即可展开",
    "legend_event": "事件；线条表示物料的投入与产出",
    "legend_back": "回流的物料，例如返工",
    "figure_svg": "此图（SVG）",
    "figure_pdf": "PDF",
    "sheet_as_of": "截至 {as_of}",
    "sheet_cut": "日志编号 {known_at}；打印于 {printed} UTC；tracegraph {version}",
    "figure_png": "存为 PNG",
    "groups": "已折叠的卡片（{n}）",
    "open": "展开",
    "close": "收起",
    "items": "物品",
    "items_of": "第 {first} 至 {last} 件，共 {total} 件",
    "depth": "步",
    "way": "方向",
    "through": "经由",
    "of_its_lot": "批次与其序列号",
    "first_event": "首个事件",
    "last_event": "末个事件",
    "previous": "上一页",
    "next": "下一页",
    "history_more": "更晚的记录",
    "recorded": "记录时间 (UTC)",
    "event": "事件",
    "source": "报告方",
    "status": "状态",
    "voided": "已被第 {seq} 号作废",
    "voided_now": "已作废",
    "via": "位于",
    "role_input": "投入",
    "role_output": "产出",
    "role_item": "涉及",
    "role_container": "作为容器",
    "json": "数据 (JSON)",
    "json_item": "物品",
    "json_genealogy": "谱系",
    "json_history": "历史",
    "json_search": "查找",
    "no_script": "启用 JavaScript 时图形更好用；此处并不依赖它。",
}

_OF_PAGES = (
    acting_words,
    event_words,
    extent_words,
    find_words,
    flow_words,
    recall_words,
    gap_words,
    item_words,
    order_words,
    report_words,
    signin_words,
    suspect_words,
)
LANGUAGES: dict[str, dict[str, str]] = {
    "en": {key: text for words in _OF_PAGES for key, text in words.ENGLISH.items()} | ENGLISH,
    "zh": {key: text for words in _OF_PAGES for key, text in words.CHINESE.items()} | CHINESE,
}
TAGS = {"en": "en", "zh": "zh-Hans"}


class Words:
    """The words of one language, with the names of kinds and events that figures use.

    >>> Words("en")("answer", items=3, events=2, known_at=9)
    '3 items and 2 events, as recorded up to journal number 9'
    """

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else "en"
        self.tag = TAGS[self.language]
        self._pages: dict[str, str] = LANGUAGES[self.language]
        self._figures = FIGURE_LANGUAGES[self.language]

    def __call__(self, key: str, **values: object) -> str:
        """A phrase of the pages; an unknown key is a mistake in a template, so it raises."""
        text = self._pages[key]
        return text.format(**values) if values else text

    def name(self, what: str) -> str:
        """The name of a kind or of a type of event, as it stands where there is no other."""
        return self._figures.get(what, what)

    def role(self, role: str) -> str:
        """How a line of an event takes part."""
        return self.of("role", role)

    def of(self, group: str, what: str) -> str:
        """The name of one of a group, such as a state; as it stands where there is no other.

        >>> Words("en").of("state", "in transit"), Words("en").of("state", "on the moon")
        ('in transit', 'on the moon')
        """
        return self._pages.get(f"{group}_{what.replace(' ', '_')}", what)


def preferred(asked: str | None, accepted: str) -> str:
    """The language asked for by name, else the first accepted one that is spoken, else English.

    >>> preferred(None, "fr;q=0.9, zh-CN;q=0.8, en;q=0.1")
    'zh'
    >>> preferred("en", "zh")
    'en'
    """
    if asked in LANGUAGES:
        return asked
    weighed = []
    for at, part in enumerate(accepted.split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), at, tag.split("-")[0].lower()))
        except ValueError:
            continue
    return next((tag for q, _, tag in sorted(weighed) if q and tag in LANGUAGES), "en")
