"""The words of signing in, and of what visitors may not do."""

# ruff: noqa: RUF001  Chinese has its own punctuation

from __future__ import annotations

ENGLISH = {
    "sign_in": "Sign in",
    "sign_out": "Sign out",
    "signed_in": "Signed in with the key {name}",
    "sign_in_more": (
        "A key of this service lets you read, and store and close scopes if it is a writer's. It "
        "counts on this browser for twelve hours at most, until you sign out, the key is revoked "
        "or the service is started anew."
    ),
    "sign_in_here": "Go on, and sign in if you are not yet",
    "sign_in_none": "No key was ever made: whoever sits at this machine may do everything.",
    "sign_in_make": "Make the first one on the machine of the service:",
    "key_typed": "Key",
    "key_hint": "it begins with tg_",
    "key_wrong": "This is no valid key. Check it, or ask for another.",
    "turned": "Nothing was changed",
    "turned_origin": (
        "The form did not come from a page of this service, or the browser does not say so. Open "
        "the page here, and send its form again."
    ),
    "turned_form": (
        "The form is too old, or was made for someone else. Go back, load the page anew, and send "
        "its form again; cookies of this service must be allowed."
    ),
    "turned_role": "It takes the key of a writer. You may read with yours.",
}

CHINESE = {
    "sign_in": "登录",
    "sign_out": "退出",
    "signed_in": "已用密钥 {name} 登录",
    "sign_in_more": (
        "使用本服务的密钥即可查阅；写入者的密钥还可存储范围和结案。"
        "在此浏览器中最多有效十二小时，直至退出、密钥被吊销或服务重新启动。"
    ),
    "sign_in_here": "继续；如未登录，请先登录",
    "sign_in_none": "尚未创建任何密钥：使用本机者可进行一切操作。",
    "sign_in_make": "在服务所在的机器上创建第一个密钥：",
    "key_typed": "密钥",
    "key_hint": "以 tg_ 开头",
    "key_wrong": "密钥无效。请核对，或索取新的密钥。",
    "turned": "未作任何更改",
    "turned_origin": ("表单不是来自本服务的页面，或浏览器未予说明。请在此处打开页面并重新提交。"),
    "turned_form": (
        "表单已过期，或属于他人。请返回并重新载入页面后再提交；须允许本服务的 Cookie。"
    ),
    "turned_role": "此操作需要写入者的密钥；您的密钥只能查阅。",
}
