"""What the approval page says, in both languages. It stands below Django and its catalogues, and knows neither."""

from collections.abc import Mapping
from typing import Final

CHINESE: Final = "zh-hans"
ENGLISH: Final = "en"

# What stands where: Chinese, English.
_PAGE: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("用通行密钥确认审批", "Approve with your passkey"),
    "intro": (
        "下面就是您将用通行密钥确认的全部内容。请核对每一页，再按按钮。",
        "This is all that your passkey will confirm. Check every page, then press the button.",
    ),
    "intro-machine": (
        "下面就是您将用通行密钥确认的全部内容。请逐项核对，再按按钮；设备收到后立即执行。",
        "This is all that your passkey will confirm. Check it, then press the button: the machine does it at once.",
    ),
    "origin": (
        "本页与审批系统相互独立，文件由本页自行核对后显示。",
        "This page stands apart from the approval system and shows the file as it has checked it itself.",
    ),
    "says": ("您将同意", "You agree to"),
    "says-of": ("您将同意（第 %(number)s 项，共 %(all)s 项）", "You agree to (%(number)s of %(all)s)"),
    "approve": ("用通行密钥同意", "Approve with passkey"),
    "again": ("再试一次", "Try again"),
    "home": ("回到审批系统", "Go to the approval system"),
    "back": ("不同意，返回", "Go back without approving"),
    "named": (
        "印章、人员、用印机和文件的名称由审批系统提供；其余内容均为您的通行密钥所签的原文。",
        (
            "Names of seals, people, machines and files are what the approval system calls them; all else is what your "
            "passkey signs."
        ),
    ),
    "file": ("文件“%(name)s”", "File “%(name)s”"),
    "part": (
        "第 %(first)s 至 %(last)s 份文件，共 %(all)s 份。同意即对全部文件生效，请逐页查看。",
        "Documents %(first)s to %(last)s of %(all)s. Your approval covers all of them: look at every part.",
    ),
    "part-first": ("最前", "First"),
    "part-before": ("上一部分", "Before"),
    "part-after": ("下一部分", "Next"),
    "part-last": ("最后", "Last"),
    "digest": ("SHA-256 摘要", "SHA-256"),
    "page": ("第 %(number)s 页，共 %(pages)s 页", "Page %(number)s of %(pages)s"),
    "image": ("第 %(number)s 页的图像", "Image of page %(number)s"),
    "mark.drawn": (
        "印章的样子、大小和位置与实际盖出的相同。印面如有变更，须重新审批才能盖章。",
        "Seals look and stand just as they will be sealed, to scale. With any other face nothing is sealed.",
    ),
    "mark.ring": (
        "虚线圈为盖章位置，圈的大小不代表印章大小。",
        "A dashed ring is where a seal goes, not how large it is.",
    ),
    "mark.box": (
        "虚线框为签名二维码或后续用印的位置，盖章时才生成。",
        "A dashed box is where a signed code or a later seal goes, which does not exist yet.",
    ),
    "mark-on": ("本页盖章：%(names)s", "Goes on this page: %(names)s"),
    "seen": ("落印前用印机拍摄的照片", "What lies under the seal, as the machine photographed it"),
    "face": ("印模", "Face of the seal"),
    "no-script": (
        "通行密钥需要开启浏览器的 JavaScript。请开启后重新载入，或换用其他浏览器。[passkey-unsupported]",
        (
            "A passkey needs JavaScript. Switch it on and load this page again, or use another browser. "
            "[passkey-unsupported]"
        ),
    ),
    "asking": ("请按设备提示操作：指纹、面容或密码。", "Follow your device: finger, face or PIN."),
    "asking-of": (
        "请按设备提示操作（第 %(number)s 次，共 %(all)s 次）。",
        "Follow your device (%(number)s of %(all)s).",
    ),
    "unsupported": (
        "此浏览器不支持通行密钥。请用手机或电脑自带的浏览器打开。[passkey-unsupported]",
        "This browser has no passkeys. Open this in your device’s own browser. [passkey-unsupported]",
    ),
    "denied": (
        "没有得到通行密钥的确认：可能是取消、超时，或本设备上没有您的通行密钥。审批没有提交，可以再试一次。[passkey-denied]",
        (
            "The passkey did not confirm: it was cancelled, took too long, or is not on this device. Nothing was sent; "
            "try again. [passkey-denied]"
        ),
    ),
    "lost": (
        "网络中断，您的确认还没有送出，仍保留在本页。联网后请再试一次。[network-lost]",
        (
            "The network is gone. Your confirmation was not delivered and is kept on this page; try again when it is "
            "back. [network-lost]"
        ),
    ),
    "kept": (
        "您的确认已由通行密钥作出，但没有送达，仍保留在本页。请送出，不会再次要求通行密钥。[network-lost]",
        (
            "Your passkey has confirmed, but that was not delivered. It is kept on this page: send it, and your "
            "passkey is not asked again. [network-lost]"
        ),
    ),
    "send-kept": ("送出已作的确认", "Send the confirmation"),
    "sent": ("已确认，正在返回。", "Done. Going back."),
    "sending": ("正在送出……", "Sending …"),
    "hand-over-title": ("请用浏览器打开", "Open this in your browser"),
    "hand-over": (
        (
            "企业微信、钉钉等应用的内置页面不能使用通行密钥。请按下面的按钮，在系统浏览器中打开；若没有反应，请点右上角的菜单，选“在浏览器中打开”，"
            "或复制链接。也可用插有安全密钥的电脑扫码打开。"
        ),
        (
            "The pages inside WeCom, DingTalk and the like cannot use passkeys. Press the button: it opens your "
            "device’s own browser. If nothing happens, choose “Open in browser” in the menu at the top right, or copy "
            "the link. Or open the code at a desk with a security key."
        ),
    ),
    "hand-over-link": ("在浏览器中打开", "Open in the browser"),
    "hand-over-once": ("此链接只能打开一次，15 分钟内有效。", "The link opens once, within 15 minutes."),
    "hand-over-code": ("扫码打开审批页的二维码", "QR code that opens the approval page"),
    "enrol-title": ("绑定审批用通行密钥", "Enrol a passkey for approvals"),
    "enrol-intro": (
        "本设备将为下面这位人员保存一个通行密钥，只用于在本页确认审批。若不是您本人，请返回。",
        (
            "This device will keep a passkey for this person, for approvals on this page alone. If that is not "
            "you, go back."
        ),
    ),
    "enrol-who": ("人员", "Person"),
    "enrol-login": ("登录名", "Login"),
    "enrol": ("在本设备上绑定", "Enrol on this device"),
    "enrol-back": ("不绑定，返回", "Go back without enrolling"),
    "enrol-denied": (
        "没有绑定成功：可能是取消、超时，或本设备上已有此人的通行密钥。可以再试一次。[passkey-denied]",
        (
            "No passkey was made: it was cancelled, took too long, or is on this device already. Try again. "
            "[passkey-denied]"
        ),
    ),
    "list": ("、", ", "),
    "unnamed": ("未提供名称", "no name given"),
}
_ROWS: Final[Mapping[str, tuple[str, str]]] = {
    "purpose": ("事项", "What"),
    "decision": ("表态", "Decision"),
    "seal": ("印章", "Seal"),
    "seal-version": ("第 %(version)s 版", "version %(version)s"),
    "documents": ("文件数", "Files"),
    "impressions": ("用印次数", "Impressions"),
    "starts_at": ("起", "From"),
    "expires_at": ("止（不含）", "Until (before)"),
    "applicant": ("申请人", "Applicant"),
    "application": ("申请单编号", "Application"),
    "policy": ("审批规则", "Policy"),
    "stage": ("审批节点", "Stage"),
    "amount": ("金额", "Amount"),
    "counterparty": ("对方单位", "Other party"),
    "fence": ("外带范围", "Outside the company, within"),
    "fence-around": (
        "纬度 %(latitude)s、经度 %(longitude)s 周围 %(metres)s 米以内",
        "%(metres)s m of latitude %(latitude)s, longitude %(longitude)s",
    ),
    "machine-waits": ("用印机用印", "At the machine"),
    "machine-waits-for": (
        "每一枚落印前，须由另外 %(people)s 位有审批权的人看过现场照片并同意",
        "each impression waits until %(people)s others who may approve saw what lies under the seal, and agreed",
    ),
    "machine-emergency": ("紧急用印", "In an emergency"),
    "machine-without": (
        "可不经上述同意，最多 %(impressions)s 枚、%(minutes)s 分钟，事后必须复核",
        "without them, at most %(impressions)s impressions within %(minutes)s minutes, always reviewed afterwards",
    ),
    "machine-never": ("不允许", "not without them"),
    "own_yes": ("名章本人", "Whose name the seal bears"),
    "mandate": ("依据授权书", "By their mandate"),
    "paper_sha256": ("授权书摘要", "Mandate’s paper, SHA-256"),
    "standing-class": ("文件种类", "Class of papers"),
    "standing-words": ("标题须含", "Title says"),
    "standing-pages": ("每份最多页数", "Most pages each"),
    "standing-a-day": ("每 24 小时最多", "Most in 24 hours"),
    "standing-sample": ("抽查", "Reviewed"),
    "standing-sample-every": (
        "首份必查，其余平均每 %(every)s 份随机抽查 1 份",
        "The first, and 1 of every %(every)s by lot",
    ),
    "standing-reviewer": ("抽查人", "Reviewer"),
    "standing-holders": ("用印人", "May be used by"),
    "standing-unit": ("用印部门", "May be used by whoever belongs to"),
    "standing-place": ("盖章位置", "Place"),
    "change-person": ("通行密钥所属人员", "Whose passkey"),
    "change-roster": ("名册", "Roster"),
    "change-bound": ("通行密钥", "Passkeys"),
    "change-credential": ("通行密钥编号", "Passkey’s id"),
    "change-key": ("公钥摘要", "Public key, SHA-256"),
    "change-of": ("适用于", "Holds for"),
    "change-version": ("章程版本", "Version of the charter"),
    "change-approvals": ("须同意的人数", "People who have to agree"),
    "change-assurance": ("每人至少以何种方式确认", "Each at least by"),
    "place": (
        "第 %(page)s 页，距左 %(x)s 毫米，距下 %(y)s 毫米",
        "page %(page)s, %(x)s mm from the left, %(y)s mm from the bottom",
    ),
    "machine": ("用印机", "Machine"),
    "impression": ("同意落印", "Impression"),
    "impression-number": ("本次用印的第 %(number)s 枚，只此一枚", "number %(number)s of this use, and no other"),
    "picture": ("落印前照片摘要", "Photograph, SHA-256"),
    "ticket": ("用印机票据编号", "Ticket"),
    "because": ("解锁理由", "Because"),
    "until": ("只解除此前的锁定", "What locked it up to"),
    "until-event": (
        "用印机第 %(number)s 条记录；此后若再次锁定，仍保持锁定",
        "its record %(number)s; whatever locks it after that keeps it locked",
    ),
    "machine-kind": ("用印机类型", "What it is"),
    "slot": ("卡位", "Slot"),
    "slot-number": ("第 %(number)s 号", "number %(number)s"),
    "order": ("指令编号", "Order"),
    "adds-to": ("追加到申请单", "Adds to the application"),
    "adds-statement": ("原审批内容摘要", "What was approved, SHA-256"),
    "adds-documents": ("可各再盖一次的文件", "Files that may be sealed once more"),
    "make-organization": ("印章所属单位", "Organization"),
    "make-company": ("单位编号", "Company"),
    "make-uscc": ("统一社会信用代码", "Unified social credit code"),
    "make-name": ("印章名称", "Name of the seal"),
    "make-type": ("印章类型", "Type"),
    "make-face": ("印模摘要", "Face, SHA-256"),
    "bound": ("绑定方式", "Bound to"),
    "bound.paper": (
        "仅存纸质，没有文件；下面是盖章前的照片",
        "Paper without a file; below are photographs from before it is stamped",
    ),
    "bound.secret": (
        "密封件：只显示题名和封套编号，不显示内容",
        "A closed envelope: title and number alone, its content is not shown",
    ),
    "bound-pages": ("每份页数", "Pages of a copy"),
    "bound-photograph": ("盖章前照片原件（SHA-256）", "Photograph as it was sent (SHA-256)"),
    "bound-title": ("题名", "Title"),
    "bound-envelope": ("封套编号", "Number of the envelope"),
    "bound-impressions": ("每份盖章次数", "Impressions on each copy"),
    "following": ("之后还有谁签", "Who signs afterwards"),
    "placements": ("盖章位置", "Where the seal goes"),
    "signed-codes": ("另印签名二维码", "Also a signed QR code"),
    "codes": ("另印二维码", "Also a QR code"),
    "writings": ("另印文字", "Also the words"),
    "awaited": ("为后续用印预留", "Left for later seals"),
    "field": ("盖在预留的签名域", "Fills the place"),
    "after": ("在此印章之后盖", "Goes on after the seal"),
    "under": ("该印章所属申请单", "Which goes on under the application"),
    "spread": (
        "第 %(pages)s 页，距左 %(x)s 毫米，距下 %(y)s 毫米",
        "pages %(pages)s, %(x)s mm from the left, %(y)s mm from the bottom",
    ),
    "seam": (
        "骑缝，第 %(pages)s 页，%(edge)s，距下 %(y)s 毫米，每枚最多跨 %(each)s 页",
        "across pages %(pages)s, %(edge)s, %(y)s mm from the bottom, at most %(each)s pages each",
    ),
    "right": ("右侧", "right edge"),
    "left": ("左侧", "left edge"),
    "step": ("%(first)s–%(last)s（每隔 %(step)s 页）", "%(first)s–%(last)s, every %(step)s"),
    "size": ("%(width)s × %(height)s 毫米", "%(width)s × %(height)s mm"),
}
_VALUES: Final[Mapping[str, tuple[str, str]]] = {
    "decision.approve": ("同意", "Approve"),
    "decision.consent": ("本人同意使用自己的名章", "Consent to the use of the seal with one’s own name"),
    "decision.mandate": ("授权使用自己的名章", "Mandate for the seal with one’s own name"),
    "begin-log": ("日志名称", "Name of the log"),
    "begin-page": ("审批确认页", "Approval page"),
    "begin-web-key": ("应用公钥摘要", "Web application’s key, SHA-256"),
    "begin-witness": ("见证人", "Witness"),
    "agrees.confirm": ("同意用印机盖下这一枚印章", "Let the machine make this one impression"),
    "agrees.unlock": ("同意解锁用印机", "Let the machine open again"),
    "agrees.mount": ("同意把印章装入用印机", "Let the seal go into the machine"),
    "agrees.unmount": ("同意把印章从用印机取出", "Let the seal be taken out of the machine"),
    "machine-kind.handheld": ("手持式用印机", "Handheld machine: it stamps"),
    "machine-kind.desktop": ("台式用印机", "Desktop machine: it stamps"),
    "machine-kind.cabinet": ("智能印章柜（盒）：人工取出印章", "Cabinet or box: the seal is taken out by hand"),
    "machine-kind.workbench": ("用印台", "Workbench: it stamps"),
    "because.mistaken": ("误锁", "It was locked by mistake"),
    "because.looked-at": ("已到现场查看：印章在位、完好", "Somebody looked at it: its seals are there and whole"),
    "because.repaired": ("已修好，印章在位", "It was repaired, and its seals are there"),
    "change.begin": ("启用本系统：印章章程与名册", "Begin the installation: charter and rosters"),
    "change.enter": ("将通行密钥登入名册", "Enter a passkey on a roster"),
    "change.seat": ("将通行密钥列入各公司的名册", "Let passkeys count on rosters of companies"),
    "change.remove": ("将通行密钥移出名册", "Remove a passkey from a roster"),
    "change.amend": ("修改印章章程", "Amend a charter"),
    "roster.approvers": ("审批人", "Approvers"),
    "roster.company": ("公司名册，统一社会信用代码 %(code)s", "Company with the credit code %(code)s"),
    "roster.security": ("安全管理员", "Security"),
    "bound.True": ("不能离开所在设备", "Cannot leave its device"),
    "bound.False": ("可在其本人的多台设备上使用", "May be on several devices of its owner"),
    "charter-bound.True": ("只认不能离开设备的", "Only those that cannot leave their device"),
    "charter-bound.False": ("各种均可", "Of any kind"),
    "assurance.passkey": ("本人通行密钥", "their own passkey"),
    "assurance.session": ("登录系统后确认", "being signed in"),
    "assurance.external": ("外部审批系统告知", "what an outside system says of them"),
    "of.": ("本系统未另行规定的全部印章", "all seals for which nothing nearer is settled"),
    "of.company": ("该公司的全部印章，统一社会信用代码", "all seals of the company with the credit code"),
    "of.seal": ("印章", "the seal"),
    "purpose.use": ("用印申请", "Use of a seal"),
    "purpose.standing": ("常用授权", "Standing permit"),
    "purpose.top-up": ("追加用印", "More of an approved use"),
    "purpose.prolong": ("用印延期", "An approved use for longer"),
    "purpose.make": ("刻制印章", "New seal"),
    "purpose.resume": ("恢复印章使用", "Resume a seal"),
    "purpose.unfreeze": ("解除集团印章冻结", "Unfreeze a group"),
    "purpose.change": ("印章变更", "Change a seal"),
    "purpose.assign": ("变更归属部门", "Change the owning unit"),
    "purpose.extend": ("印章延期", "Extend a seal"),
    "purpose.hand-over": ("印章移交", "Hand over a seal"),
    "purpose.cover": ("保管人休假代管", "Leave cover for a keeper"),
    "purpose.collect": ("印章收缴", "Collect a seal"),
    "purpose.find": ("找回印章", "Take back a found seal"),
    "purpose.retire": ("印章退役", "Retire a seal"),
    "purpose.destroy": ("印章销毁", "Destroy a seal"),
    "purpose.invalidate": ("印章声明作废", "Declare a seal void"),
    "following.nobody": ("没有：之后有任何改动都看得出来", "Nobody: any later change will be seen"),
    "following.parties": ("本系统内的公司，按预留位置", "Companies of this installation, in the places left for them"),
    "following.others": ("有：对方还要签字或盖章", "Others, with their own tools"),
}
# Types of seals and classes of papers as the product ships them; a group's own have no words here, and show their code.
_CODES: Final[Mapping[str, tuple[str, str]]] = {
    "type.official": ("公章", "Official seal"),
    "type.contract": ("合同专用章", "Contract seal"),
    "type.finance": ("财务专用章", "Finance seal"),
    "type.invoice": ("发票专用章", "Invoice seal"),
    "type.hr": ("人事专用章", "HR seal"),
    "type.legal-representative": ("法定代表人章", "Legal representative’s seal"),
    "type.department": ("部门章", "Department seal"),
    "type.project": ("项目章", "Project seal"),
    "type.drawing": ("图纸专用章", "Drawing seal"),
    "type.customs": ("报关专用章", "Customs seal"),
    "type.party": ("党组织印章", "Party seal"),
    "type.union": ("工会印章", "Trade union seal"),
    "type.personal": ("个人名章", "Personal name seal"),
    "class.employment-certificate": ("在职证明", "Employment certificate"),
    "class.invoice": ("发票", "Invoice"),
    "class.bank-slip": ("银行单据", "Bank slip"),
    "class.delivery-note": ("送货单", "Delivery note"),
    "class.reconciliation-letter": ("对账函", "Reconciliation letter"),
}
_REFUSED: Final[Mapping[str, tuple[str, str]]] = {
    "refused-title": ("此页打不开", "This page cannot be opened"),
    "approval-code-unknown": (
        "这个链接无效。请回到申请单，重新按“用通行密钥同意”。",
        "This link is not known here. Go back to the application and press “Approve with passkey” again.",
    ),
    "approval-code-expired": (
        "这个链接已过期。没有提交任何审批；请回到申请单重新开始。",
        "This link has expired. Nothing was approved by it; begin again from the application.",
    ),
    "approval-code-used": (
        "这个链接已经用过。审批结果请在申请单中查看。",
        "This link was used already. The application says what became of it.",
    ),
    "passkey-answer-refused": (
        "通行密钥的应答与本页内容不符，没有提交任何审批。请回到申请单重新开始。",
        (
            "The passkey answered something else than this page asked. Nothing was approved; begin again from the "
            "application."
        ),
    ),
    "pdf-too-hard": ("这一页无法显示。", "This page cannot be drawn."),
    "other": (
        "出了问题，没有提交任何审批。请回到申请单重新开始。",
        "Something went wrong. Nothing was approved; begin again.",
    ),
}
EVERY: Final = {**_PAGE, **_ROWS, **_VALUES, **_CODES, **_REFUSED}
REFUSALS: Final = frozenset(_REFUSED) - {"refused-title", "other"}


def say(language: str, key: str, **places: object) -> str:
    """Return the words of a key in a language, with what stands in their places."""
    words = EVERY[key][0 if language == CHINESE else 1]
    return words % places if places else words
