"""The words of finding: the one box, what it suggests, and the items of a party or a document."""

from __future__ import annotations

ENGLISH = {
    "suggestions": "Suggestions",
    "suggested": "{n} suggestions",
    "found_items": "Items",
    "found_order": "Orders",
    "found_document": "Documents",
    "found_party": "Parties",
    "found_product": "Products",
    "found_place": "Places",
    "found_equipment": "Equipment",
    "lead_items": "its items",
    "lead_orders": "its orders",
    "lead_recall": "what it affects",
    "lead_supplier": "what it affects as a supplier",
    "field_text": "Part of a number or key",
    "field_document": "Document",
    "items_title": "Items by what their events name",
    "items_none": "No item fits.",
    "items_following": "More items",
    "json_items": "items",
}

CHINESE = {
    "suggestions": "建议",
    "suggested": "{n} 条建议",
    "found_items": "物品",
    "found_order": "订单",
    "found_document": "单据",
    "found_party": "往来单位",
    "found_product": "产品",
    "found_place": "地点",
    "found_equipment": "设备",
    "lead_items": "其物品",
    "lead_orders": "其订单",
    "lead_recall": "受其影响的物品",
    "lead_supplier": "作为供应商所影响的物品",
    "field_text": "编号或键的一部分",
    "field_document": "单据",
    "items_title": "按事件所涉查找物品",
    "items_none": "没有符合的物品。",
    "items_following": "更多物品",
    "json_items": "物品",
}
