"""Gives the titles in reports for words of closed lists, such as the kinds of an event."""

from collections.abc import Mapping

from screener.text import Text

WORD_TITLES: Mapping[str, Text] = {
    word: Text(en, zh)
    for word, en, zh in (
        ("invests", "invests", "投资"),
        ("lends", "lends", "出借"),
        ("commits", "commits", "承诺付款"),
        ("buys", "buys", "采购"),
        ("sells", "sells", "出售"),
        ("borrows", "borrows", "借入"),
        ("leases", "leases", "租赁"),
        ("manages", "manages", "管理"),
        ("guarantees", "guarantees", "担保"),
        ("out", "out", "流出"),
        ("in", "in", "流入"),
        ("equity", "equity", "股权"),
        ("debt", "debt", "债务"),
        ("vendor", "from a supplier", "供应商出资"),
        ("grant", "grant", "补助"),
        ("identity", "identity", "身份体系"),
        ("workflow", "workflow", "工作流"),
        ("ecosystem", "ecosystem", "生态"),
        ("network", "network", "网络效应"),
        ("regulation", "regulation", "监管许可"),
        ("brand", "brand", "品牌"),
        ("scale", "scale", "规模"),
        ("data", "data", "数据"),
        ("borrow", "borrowing", "举债"),
        ("raise-equity", "raising equity", "增发股权"),
        ("own-chip", "own chips", "自研芯片"),
        ("lay-offs", "lay-offs", "裁员"),
        ("cash-only", "cash only", "仅收现金"),
        ("buy-back", "buy-back", "回购"),
        ("acquire", "acquisition", "收购"),
        ("build", "construction", "建设"),
        ("divest", "divestment", "出售资产"),
        ("market-reaction", "market reaction", "股价反应"),
        ("downgrade", "downgrade", "评级下调"),
        ("upgrade", "upgrade", "评级上调"),
        ("restatement", "restatement", "财报重述"),
        ("auditor-change", "change of auditor", "更换审计师"),
        ("auditor-resigned", "auditor resigned", "审计师辞任"),
        ("auditor-disagreement", "disagreement with the auditor", "与审计师存在分歧"),
        ("late-filing", "late filing", "延迟申报"),
        ("investigation", "investigation", "调查"),
        ("short-report", "short-seller report", "做空报告"),
        ("finance-chief-leaves", "finance chief leaves", "财务负责人离任"),
        ("delisting-notice", "delisting notice", "退市通知"),
        ("covenant-breach", "covenant breach", "违反贷款契约"),
        ("covenant-waived", "covenant waived", "契约违约获豁免"),
        ("default", "default", "违约"),
        ("default-cured", "default cured", "违约已纠正"),
        ("distressed-exchange", "distressed exchange", "困境债务置换"),
        ("insolvency", "insolvency", "破产程序"),
        ("outage", "outage", "服务中断"),
        ("lawsuit", "lawsuit", "诉讼"),
        ("officer", "officer", "高管"),
        ("director", "director", "董事"),
        ("owner", "owner", "股东"),
        ("family", "family", "亲属"),
        ("affiliate", "affiliate", "关联企业"),
    )
}


def word_title(word: str) -> Text:
    """Returns the title of a word from a closed list; words of the user's own lists stay as they are."""
    return WORD_TITLES.get(word) or Text.of(word)
