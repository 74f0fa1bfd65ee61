"""#tags, @mentions, $cashtags and links in plain text, where a network does not mark them itself.

The rules follow twitter-text 3.1 (extraction), with these differences: a name has up to 30 signs,
with a scheme any top-level domain of two letters or more counts, and "end.So" is no link.
"""

from __future__ import annotations

import re
import unicodedata

from parvis.core.post import Entity

MAX_ENTITIES = 200
MAX_TAG = 100


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SIGN = re.compile("[#\uff03@\uff20$]|://")
_HOST_SIGN = "A-Za-z0-9_\u00c0-\u024f-"
_HOST = (
    f"(?<![@\uff20#\uff03$./{_HOST_SIGN}])"
    f"[A-Za-z0-9\u00c0-\u024f][{_HOST_SIGN}]*+(?:[.][{_HOST_SIGN}]++)++"
)
_STARTS = re.compile(
    rf"(?P<sign>[#\uff03@\uff20$])|(?P<scheme>https?://)|(?P<host>{_HOST})", re.IGNORECASE
)
_STARTS_WITHOUT_HOST = re.compile(
    "(?P<sign>[#\uff03@\uff20$])|(?P<scheme>https?://)", re.IGNORECASE
)

_DOTTED = re.compile(f"[{_HOST_SIGN}][.][{_HOST_SIGN}]")

_PLAIN_HOST = re.compile(f"[{_HOST_SIGN}]++(?:[.][{_HOST_SIGN}]++)++")
_WIDE_HOST = re.compile(
    r"[^\x00-\x2c/\x3a-\x40\x5b-\x5e\x60\x7b-\xa0\u2000-\u206f\u3000-\u3003\u3008-\u3020\uff00-\uff0f]++"
)
_PORT = re.compile(r":[0-9]{1,5}(?![0-9])")
_PATH = re.compile("[/?#][!-;=?-_a-z|~\u00c0-\u024f\u0400-\u04ff\u1e00-\u1eff\u2013]*+")
_SHORT_PATH = re.compile(r"/[A-Za-z0-9]++(?:\?[!-;=?-_a-z|~]*+)?")
_PATH_END = re.compile("[A-Za-z0-9=_#/+&%~@\u00c0-\u024f\u0400-\u04ff\u1e00-\u1eff-]")
_NAME = re.compile("[A-Za-z0-9_]++")
_AFTER_NAME = re.compile("[@\uff20\u00c0-\u024f\u1e00-\u1eff]|://")
_CASH = re.compile(r"[A-Za-z]{1,6}+(?:[._][A-Za-z]{1,2}+)?(?![A-Za-z0-9])")
_TAG_ASCII = re.compile("[A-Za-z0-9_]*+")
_RETWEET = re.compile("(?:^|[^A-Za-z0-9_])rt:?$", re.IGNORECASE)

_IN_TAG = frozenset(
    "_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\u00b7"
)
_BAD_BEFORE_LINK = frozenset("@\uff20$#\uff03\u202a\u202b\u202c\u202d\u202e")
_BAD_BEFORE_NAME = frozenset("!#$%&*@\uff20_")
_TLDS = _words(
    # without a scheme only these make a link of a word with a dot in it
    "com org net edu gov mil int info biz name pro museum travel jobs mobi tel asia cat post aero"
    " coop app dev blog social online site tech cloud art live news shop store events show wiki"
    " paris berlin london brussels bzh alsace corsica quebec eus gal wales scot"
    " ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs"
    " bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec"
    " ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy"
    " hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz"
    " la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx"
    " my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re"
    " ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th"
    " tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vn vu wf ws ye yt za zm zw"
)


def find_entities(text: str) -> tuple[Entity, ...]:
    """What `text` names, in order and without overlaps; in time linear in its length."""
    dotted = "." in text and _DOTTED.search(text)
    if not dotted and not _SIGN.search(text):
        return ()
    starts = _STARTS if dotted else _STARTS_WITHOUT_HOST
    found: list[Entity] = []
    at = 0
    while (match := starts.search(text, at)) is not None and len(found) < MAX_ENTITIES:
        entity = _entity(text, match)
        at = match.end()
        if entity is not None:
            found.append(entity)
            at = entity.end
        elif match.lastgroup == "sign":
            at = match.start() + 1
    return tuple(found)


def _entity(text: str, match: re.Match[str]) -> Entity | None:
    start = match.start()
    if match.lastgroup == "scheme":
        return _link(text, start, match.end())
    if match.lastgroup == "host":
        return _bare_link(text, start, match.end())
    sign = text[start]
    if sign in "#\uff03":
        return _tag(text, start)
    return _cashtag(text, start) if sign == "$" else _mention(text, start)


def _link(text: str, start: int, after: int) -> Entity | None:
    before = text[start - 1] if start else ""
    if before in _BAD_BEFORE_LINK or (before.isascii() and before.isalnum()):
        return None
    end = _host_end(text, after)
    return _linked(text, start, end, text[after:end], "") if end else None


def _host_end(text: str, after: int) -> int:
    """Where the host that begins at `after` ends, or 0."""
    plain = _PLAIN_HOST.match(text, after)
    if plain is not None and _is_host(plain[0]):
        return plain.end()
    wide = _WIDE_HOST.match(text, after)
    if wide is None or wide[0].isascii():
        return 0
    host = wide[0].rstrip(".")
    return after + len(host) if _is_host(host) else 0


def _is_host(host: str) -> bool:
    labels = host.split(".")
    if len(labels) < 2 or len(host) > 253 or len(labels) > 30:
        return False
    for label in labels:
        size = len(label) if label.isascii() else len(label.encode("punycode", "replace")) + 4
        if not 0 < size <= 63 or label.startswith(("-", "_")) or label.endswith(("-", "_")):
            return False
    last = labels[-1]
    if not last.isascii():
        return len(last) > 1 and not labels[0].startswith("xn--")
    if not (last.isalpha() and len(last) > 1) and not last.lower().startswith("xn--"):
        return False
    # what is written together in two writings is no punycode
    return "_" not in labels[-2] and not (labels[-2].startswith("xn--") and not host.isascii())


def _bare_link(text: str, start: int, end: int) -> Entity | None:
    host = text[start:end]
    trimmed = host.rstrip("-_")
    last = host.rpartition(".")[2]
    if trimmed != host or last.lower() not in _TLDS or last.istitle() or not _is_host(host):
        return None
    if text[end : end + 1] in ("@", "\uff20", "+"):
        return None
    return _linked(text, start, end, host, "https://")


def _linked(text: str, start: int, end: int, host: str, scheme: str) -> Entity:
    if port := _PORT.match(text, end):
        end = port.end()
    short = host.lower() == "t.co"
    if path := (_SHORT_PATH if short else _PATH).match(text, end):
        end = _path_end(text, end, path.end())
    said = text[start:end]
    return Entity(type="link", start=start, end=end, text=said, href=scheme + said)


def _path_end(text: str, start: int, end: int) -> int:
    """`end` without the punctuation of the sentence around it; closed brackets stay."""
    opened = text.count("(", start, end)
    closed = text.count(")", start, end)
    while end > start:
        sign = text[end - 1]
        if sign == ")" and closed <= opened:
            return end
        if _PATH_END.match(sign):
            return end
        closed -= sign == ")"
        opened -= sign == "("
        end -= 1
    return end


def _tag(text: str, start: int) -> Entity | None:
    if start and (_is_tag_sign(text[start - 1]) or text[start - 1] == "&"):
        return None
    at = after = _TAG_ASCII.match(text, start + 1).end()  # type: ignore[union-attr]  # never None
    size = len(text)
    while at < size and at - start <= MAX_TAG and _is_tag_sign(text[at]):
        at += 1
    if at - start > MAX_TAG or text[at : at + 1] in ("#", "\uff03") or text.startswith("://", at):
        return None
    body = text[start + 1 : at]
    if at > after:
        if not any(unicodedata.category(sign)[0] in "LM" for sign in body):
            return None
    elif not body or body.replace("_", "0").isdigit():
        return None
    return Entity(type="tag", start=start, end=at, text=text[start:at])


def _is_tag_sign(sign: str) -> bool:
    if sign.isascii():
        return sign.isalnum() or sign == "_"
    if sign in _IN_TAG:
        return True
    if "\ufe00" <= sign <= "\ufe0f":
        return False  # the selector of an emoji
    return unicodedata.category(sign) in ("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd")


def _mention(text: str, start: int) -> Entity | None:
    if start:
        before = text[start - 1]
        if before in _BAD_BEFORE_NAME:
            return None
        if (before.isascii() and before.isalnum()) or before == ":":
            said = _RETWEET.search(text[max(start - 4, 0) : start])
            if said is None and before != ":":
                return None
    name = _NAME.match(text, start + 1)
    if name is None or len(name[0]) > 30 or _AFTER_NAME.match(text, name.end()):
        return None
    return Entity(type="mention", start=start, end=name.end(), text=text[start : name.end()])


def _cashtag(text: str, start: int) -> Entity | None:
    if start and not text[start - 1].isspace():
        return None
    found = _CASH.match(text, start + 1)
    if found is None:
        return None
    end = found.end()
    return Entity(type="cashtag", start=start, end=end, text=text[start:end])
