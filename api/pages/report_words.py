"""The words of the reports that auditors print."""

# ruff: noqa: RUF001  Chinese has its own punctuation

from __future__ import annotations

ENGLISH = {
    "do_report": "Audit report",
    "report_item": "Audit report of an item",
    "report_scope": "Audit report of a recall scope",
    "report_pdf": "As PDF",
    "report_print": (
        "Making the PDF may take a minute. Or print this page: it has page numbers on paper, too."
    ),
    "report_back_item": "The item's page",
    "report_back_scope": "The scope's page",
    "report_what": "What this is",
    "report_what_item": (
        "Every record about this item and about what its genealogy reaches, as the journal had "
        "it at the cut below. Nothing in it was typed in for this report."
    ),
    "report_what_scope": (
        "A recall scope that was stored, as it was stored. Its hash is that of its content."
    ),
    "report_item_is": "The item",
    "report_asked": "The question",
    "report_cut": "Journal number",
    "report_cut_at": "Recorded (UTC)",
    "report_cut_more": "asked at this number again, the answer is the same",
    "report_all_time": "everything that occurred",
    "report_all_steps": "all",
    "report_printed": "Printed (UTC)",
    "report_printed_by": "Printed with the key of",
    "report_no_key": "no key: at this machine",
    "report_software": "Software",
    "report_rules": "Version of the recall rules",
    "report_state": "Where it is, and its state",
    "report_genealogy": "Genealogy",
    "report_figure_more": (
        "Folded cards stand for several items; the table below has each of them."
    ),
    "report_items": "Items of the genealogy",
    "report_in": "Made or came in",
    "report_out": "Went in",
    "report_quantities_more": "Quantities are those of the makings that are in this genealogy.",
    "report_named": "Who, where, with what, by which papers",
    "report_named_more": "As the events below name them.",
    "report_quality": "Records of quality",
    "report_quality_none": "No record of quality is among these events.",
    "report_events": "Every event, in the order of time",
    "report_events_more": (
        "Times are UTC. What was recorded a day or more after it occurred is marked as late."
    ),
    "report_elsewhere": (
        "{n} makings that took or gave the same items, and made other things, are not listed."
    ),
    "report_not_whole": (
        "These items have more lines than one report reads: events are missing here."
    ),
    "report_rows": "{shown} of {total} rows are printed here; the rest is in the data:",
    "report_rows_xlsx": "{shown} of {total} rows are printed here; the rest is in the XLSX:",
    "report_late": "LATE: {delay} after it occurred",
    "report_voided": "VOID: no. {seq} of {at}",
    "report_voided_now": "VOID",
    "report_replaced": "replaced by {what}",
    "report_voided_by": "Voided by",
    "report_key": "Key of the sender",
    "report_hash": "SHA-256",
    "report_lines_more": "and {n} more lines",
    "report_lines_other": "and {n} lines about other items",
    "report_results": "Measured",
    "report_corrections": "Corrections",
    "report_corrections_none": "Nothing among these events was voided.",
    "report_corrections_more": "What was voided stays in the journal, and in the list above.",
    "report_anomalies": "What contradicts the records",
    "report_anomalies_none": "Nothing contradicts these records.",
    "report_gaps": "What is not recorded",
    "report_gaps_none": "By the rules of recall scopes nothing is missing in these histories.",
    "report_gaps_large": "More items are reached than gaps are looked for at once.",
    "report_proof": "Proof",
    "report_proof_seq": (
        "The journal has no gaps in its numbers and only grows. All that stands here follows "
        "from its events up to number {seq}."
    ),
    "report_proof_hash": (
        "Each event's hash is the SHA-256 of its canonical content (RFC 8785). It shows that "
        "content is unchanged since the hash was printed; it does not show who sent it."
    ),
    "report_proof_digest": "SHA-256 of the hashes of all {n} events, in their order, a line each",
    "report_proof_verify": (
        "This command recomputes every hash and all that follows from the journal by a second "
        "implementation, and changes nothing:"
    ),
    "report_proof_again": "The same answer again, as data:",
    "report_proof_scope": "Checks the hash against the exported JSON:",
    "report_scope_hash": "Hash: SHA-256 of the content",
    "report_scope_hash_more": (
        "The hash is that of the canonical JSON (RFC 8785: UTF-8, sorted names, no blanks) of "
        "everything in the answer but the hash itself."
    ),
    "report_scope_again": (
        "The same question at the same cuts gives the same hash, whatever was recorded since."
    ),
    "report_certainty": "What certainty means",
    "means_certain": "affected in every world that agrees with the records",
    "means_possible": "affected in some of these worlds; what is excluded is in none of them",
    "means_unproven": "beside the scope: the record that would tell is missing",
    "report_status": "Status",
    "report_status_more": (
        "The status when this was printed. When it was opened or closed before is not stored."
    ),
    "report_items_why": "Through",
    "report_seed": "was asked about",
    "report_signatures": "Signatures",
    "report_signatures_more": (
        "To be signed by hand on paper. No electronic signature is made by this report, and none "
        "is claimed."
    ),
    "signs_prepared": "Prepared by",
    "signs_reviewed": "Reviewed by",
    "signs_approved": "Approved by",
    "report_act": "What for",
    "report_name": "Name",
    "report_role": "Role",
    "report_date": "Date",
    "report_signature": "Signature",
    "report_page": "Page ",
    "report_page_of": " of ",
    "report_page_end": "",
    "no_pdf_of_report": "There is no PDF of this report",
    "no_pdf_of_figure": "There is no PDF of this figure",
    "no_pdf_pango": (
        "This machine lacks Pango, the library that sets text. Who keeps the service installs it: "
        "on Debian libpango-1.0-0, libpangoft2-1.0-0, libharfbuzz-subset0, fonts-dejavu-core and "
        "fonts-noto-cjk."
    ),
    "no_pdf_busy": "Something else is being set. Try again in a moment.",
    "no_pdf_slow": "It takes too long to set. Ask for less, or print it from the browser.",
    "no_pdf_failed": "Setting it failed; the log of the service says why.",
    "no_pdf_else_report": "The same report as a page, which any browser prints or saves as PDF:",
    "no_pdf_else_figure": "The same figure as SVG, which any browser prints or saves as PDF:",
    "said_sample": "Sample",
    "said_step": "Step",
    "said_disposition": "Disposition",
    "said_events": "About events",
    "said_parameters": "Parameters",
    "said_attributes": "Attributes",
    "named_party": "Parties",
    "named_actor": "People",
    "named_place": "Places",
    "named_equipment": "Equipment",
    "named_order": "Orders",
    "named_documents": "Documents",
    "named_certificate": "Certificates",
}

CHINESE = {
    "do_report": "审计报告",
    "report_item": "物品审计报告",
    "report_scope": "召回范围审计报告",
    "report_pdf": "PDF 文件",
    "report_print": "生成 PDF 可能需要一分钟。也可直接打印本页：纸面上同样有页码。",
    "report_back_item": "物品页面",
    "report_back_scope": "范围页面",
    "report_what": "本报告内容",
    "report_what_item": (
        "关于该物品及其谱系所及物品的每条记录，以下述截点时的日志为准。报告中没有为本报告而录入的内容。"
    ),
    "report_what_scope": "一个已存储的召回范围，与存储时一致。其哈希即其内容的哈希。",
    "report_item_is": "物品",
    "report_asked": "查询条件",
    "report_cut": "日志序号",
    "report_cut_at": "记录时间 (UTC)",
    "report_cut_more": "按此序号再次查询，结果相同",
    "report_all_time": "所有已发生的",
    "report_all_steps": "不限",
    "report_printed": "打印时间 (UTC)",
    "report_printed_by": "打印所用密钥",
    "report_no_key": "无密钥：在本机",
    "report_software": "软件",
    "report_rules": "召回规则版本",
    "report_state": "所在位置与状态",
    "report_genealogy": "谱系",
    "report_figure_more": "折叠的卡片代表多件物品；下表逐件列出。",
    "report_items": "谱系中的物品",
    "report_in": "产出或收入",
    "report_out": "投入",
    "report_quantities_more": "数量为本谱系中各次制造的数量。",
    "report_named": "何人、何地、何设备、何单据",
    "report_named_more": "以下列事件所载为准。",
    "report_quality": "质量记录",
    "report_quality_none": "这些事件中没有质量记录。",
    "report_events": "全部事件，按时间顺序",
    "report_events_more": "时间为 UTC。发生一天或更久之后才记录的标为迟到。",
    "report_elsewhere": "另有 {n} 次制造使用或产出了相同物品但制成其他物品，未列出。",
    "report_not_whole": "这些物品的记录行多于一份报告所能读取：此处缺少部分事件。",
    "report_rows": "此处印出 {total} 行中的 {shown} 行；其余见数据：",
    "report_rows_xlsx": "此处印出 {total} 行中的 {shown} 行；其余见 XLSX：",
    "report_late": "迟到：发生后 {delay}",
    "report_voided": "作废：{at} 的第 {seq} 号",
    "report_voided_now": "作废",
    "report_replaced": "由 {what} 取代",
    "report_voided_by": "作废者",
    "report_key": "发送方密钥",
    "report_hash": "SHA-256",
    "report_lines_more": "另有 {n} 行",
    "report_lines_other": "另有 {n} 行涉及其他物品",
    "report_results": "测量值",
    "report_corrections": "更正",
    "report_corrections_none": "这些事件中没有被作废的。",
    "report_corrections_more": "被作废的仍保留在日志和上述列表中。",
    "report_anomalies": "与记录矛盾之处",
    "report_anomalies_none": "没有与这些记录矛盾之处。",
    "report_gaps": "未记录的内容",
    "report_gaps_none": "按召回范围的规则，这些历史中没有缺失。",
    "report_gaps_large": "所及物品过多，无法一次查找缺口。",
    "report_proof": "证明",
    "report_proof_seq": "日志序号连续且只增不减。此处一切均由截至序号 {seq} 的事件得出。",
    "report_proof_hash": (
        "每个事件的哈希为其规范内容（RFC 8785）的 SHA-256。它表明自打印哈希以来内容未变；并不表明由"
        "何人发送。"
    ),
    "report_proof_digest": "全部 {n} 个事件的哈希按顺序每行一个，其 SHA-256",
    "report_proof_verify": "以下命令用另一套实现重算每个哈希及日志所推得的一切，且不作更改：",
    "report_proof_again": "再次取得同一结果的数据：",
    "report_proof_scope": "用导出的 JSON 核对哈希：",
    "report_scope_hash": "哈希：内容的 SHA-256",
    "report_scope_hash_more": (
        "哈希取自结果中除哈希本身以外全部内容的规范 JSON（RFC 8785：UTF-8、名称排序、无空格）。"
    ),
    "report_scope_again": "同一问题按相同截点查询，无论此后记录了什么，哈希都相同。",
    "report_certainty": "确定程度的含义",
    "means_certain": "在与记录相符的每种情形下都受影响",
    "means_possible": "在其中一些情形下受影响；被排除的在任何情形下都不受影响",
    "means_unproven": "在范围之外：缺少能够说明的记录",
    "report_status": "状态",
    "report_status_more": "打印时的状态。此前何时打开或关闭未予存储。",
    "report_items_why": "经由",
    "report_seed": "为查询对象",
    "report_signatures": "签名",
    "report_signatures_more": "在纸上手写签名。本报告不作电子签名，也不声称有电子签名。",
    "signs_prepared": "编制",
    "signs_reviewed": "审核",
    "signs_approved": "批准",
    "report_act": "事项",
    "report_name": "姓名",
    "report_role": "职务",
    "report_date": "日期",
    "report_signature": "签名",
    "report_page": "第 ",
    "report_page_of": " 页，共 ",
    "report_page_end": " 页",
    "no_pdf_of_report": "无法提供此报告的 PDF",
    "no_pdf_of_figure": "无法提供此图的 PDF",
    "no_pdf_pango": (
        "本机缺少排版库 Pango。请服务维护者安装：在 Debian 上为 libpango-1.0-0、libpangoft2-1.0-0、"
        "libharfbuzz-subset0、fonts-dejavu-core 和 fonts-noto-cjk。"
    ),
    "no_pdf_busy": "正在排版另一份文件。请稍后再试。",
    "no_pdf_slow": "排版耗时过长。请减少查询内容，或用浏览器打印。",
    "no_pdf_failed": "排版失败；原因见服务日志。",
    "no_pdf_else_report": "同一报告的页面，任何浏览器都可打印或另存为 PDF：",
    "no_pdf_else_figure": "同一图的 SVG，任何浏览器都可打印或另存为 PDF：",
    "said_sample": "样本",
    "said_step": "步骤",
    "said_disposition": "处置",
    "said_events": "所涉事件",
    "said_parameters": "参数",
    "said_attributes": "属性",
    "named_party": "往来单位",
    "named_actor": "人员",
    "named_place": "地点",
    "named_equipment": "设备",
    "named_order": "订单",
    "named_documents": "单据",
    "named_certificate": "证书",
}
