"""What the fake desk answers on each route of a wall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse


def problem(status: int, says: str, **more: Any) -> JSONResponse:
    """As the API says no."""
    return JSONResponse({"title": "No", "status": status, "detail": says, **more}, status)


class Answers:
    """The routes; the state they answer from is the desk's."""

    now_ms: int
    rev: int
    secure: bool
    panic: bool
    slow_screens: int
    items: list[dict[str, Any]]
    screens: list[dict[str, Any]]
    walls: list[dict[str, Any]]
    specs: list[dict[str, Any]]
    people: list[dict[str, Any]]
    brand: dict[str, Any]
    policy: dict[str, Any]
    claims: dict[str, dict[str, Any]]
    done: list[tuple[str, list[tuple[str, str]], str]]

    def counts(self) -> dict[str, int]:
        """Posts by state."""
        raise NotImplementedError

    def whole(self) -> dict[str, Any]:
        """The wall."""
        raise NotImplementedError

    def tell(self) -> None:
        """Say what is now."""
        raise NotImplementedError

    def _settings(self) -> dict[str, Any]:
        return {
            "public_url": "https://parvis.veillees.example",
            "secure": self.secure,
            "version": "0.1.0",
            "data_folder": "/srv/parvis",
            "disk": {"free": 53_000_000_000, "used": 214_000_000},
            "engine": "SQLite",
            "said": []
            if self.secure
            else [
                "A screen that is reloaded while the server is away stays empty.",
                "Anybody on this network can read the passphrase when you sign in.",
            ],
        }

    def _people(self, path: str, body: Any) -> Any:
        if path == "/api/people":
            if not body:
                return {"people": self.people}
            self.people.append({"id": "p9", **body})
            return {"invite": "https://parvis.veillees.example/studio#invite=abc123"}
        person = next(one for one in self.people if one["id"] in path.split("/"))
        if path.endswith("/reset"):
            return {"id": person["id"], "reset": "https://parvis.example/studio#reset=xyz"}
        if body.get("remove"):
            self.people.remove(person)
        else:
            person.update(body)
        return {}

    def _page(self, query: Any) -> dict[str, Any]:
        states = [one for one in query.get("state", "").split(",") if one]
        limit = int(query.get("limit", "50"))
        before = int(query.get("before", str(2**60)))
        found = [
            one
            for one in sorted(self.items, key=lambda one: -one["placement"]["order"])
            if one["placement"]["order"] < before
            and (not states or one["placement"]["state"] in states)
            and query.get("q", "").lower() in one["post"]["text"].lower()
            and query.get("network", "") in ("", one["post"]["network"])
            and query.get("lang", "") in ("", one["post"]["lang"])
        ]
        page = [{**one, "claim": self.claims.get(one["post"]["key"])} for one in found[:limit]]
        rest = page[-1]["placement"]["order"] if len(found) > limit else None
        return {"items": page, "counts": self.counts(), "before": rest}

    def _why(self, key: str) -> Any:
        found = next((one for one in self.items if one["post"]["key"] == key), None)
        if found is None:
            return problem(404, "There is no such post.")
        held = any(one["outcome"] == "hold" for one in found["verdicts"])
        return {
            "state": found["placement"]["state"],
            "rule": "rule:wordlist" if held else "rule:approve_first",
            "sentence": "A word in it is on the insult list. This rule may hold; only a person may"
            " refuse."
            if held
            else "Every post of this wall waits for a person.",
            "verdicts": [
                *found["verdicts"],
                {"check": "flood", "outcome": "pass", "because": "First post.", "score": 0.11},
            ],
            "would_pass_if": ["Without “bouffons” it would wait its turn."] if held else [],
        }

    def _claim(self, end: str, body: Any) -> dict[str, Any]:
        if end == "release":
            return {"released": len(body["posts"])}
        held = [
            {"post": key, **claim}
            for key in body["posts"]
            if (claim := self.claims.get(key)) is not None
        ]
        return {"claimed": [key for key in body["posts"] if key not in self.claims], "held": held}

    def _act(self, end: str, body: Any) -> Any:
        if end == "posts/write":
            return {"post": "staff:hall:1"}
        if end in ("posts/pin", "posts/feature"):
            self.done.append((end, [], body.get("act", "")))
            return body
        name = body.get("act", "")
        if any(done[2] == name for done in self.done):
            return {"rev": 2}
        decisions = body["decisions"] if end == "posts/decide_all" else [body]
        before = []
        for one in decisions:
            found = next(each for each in self.items if each["post"]["key"] == one["post"])
            claim = self.claims.get(one["post"])
            if claim:
                return problem(409, f"{claim['name']} has this post in hand; it is theirs for now.")
            for rule in one.get("rules", ()):
                kind = {"trust": "trusted", "wording": "words"}[rule]
                value = one.get("words") or f"{found['post']['network']}:{found['post']['key']}"
                self.policy = {**self.policy, kind: [*self.policy[kind], value]}
            before.append((one["post"], found["placement"]["state"]))
            bare = one.get("without_media", found.get("kept") == "same")
            if "kept" in found:
                found["decision"] = {**(found["decision"] or {}), "without_media": bare}
                found["kept"] = ""
            found["placement"] = {
                **found["placement"],
                "state": one["state"],
                "rev": found["placement"]["rev"] + 1,
            }
        self.done.append(("decide", before, name))
        return {"rev": 2}

    def _acts(self) -> Any:
        acts = [{"together": one[2], "state": "done", "kind": one[0]} for one in self.done]
        return {"acts": acts[::-1]}

    def _undo(self, body: Any) -> Any:
        found = next((one for one in self.done if one[2] == body.get("of")), None)
        if found is None:
            return problem(422, "There is nothing to undo.")
        self.done.remove(found)
        for key, state in found[1]:
            next(one for one in self.items if one["post"]["key"] == key)["placement"]["state"] = (
                state
            )
        return {"acts": [], "says": []}

    def _screen(self, end: str, body: Any) -> Any:
        if body:
            screen = next(one for one in self.screens if end.endswith(one["id"]))
            if body.get("forget"):
                self.screens.remove(screen)
            else:
                screen["name"] = body["name"]
            self.tell()
        return {"screens": self.screens}

    def _panic(self, body: Any) -> Any:
        if body is not None:
            self.panic = body["on"]
            for at, one in enumerate(self.screens):
                one["covered"] = self.panic and at >= self.slow_screens
            self.tell()
            return {"seq": 900}
        missing = [one["name"] for one in self.screens if self.panic and not one["covered"]]
        return {
            "on": self.panic,
            "since_ms": self.now_ms,
            "by": "Maud",
            "screens": {
                "asked": len(self.screens),
                "covered": len(self.screens) - len(missing),
                "missing": missing,
            },
        }

    def _rows(self, figure: str, query: Mapping[str, str]) -> dict[str, Any]:
        """Two pages of rows of any figure."""
        people = figure in ("authors", "reach")
        names = ("Tomek",) if "before" in query else ("Lina", "Nour")
        rows = [
            {
                "value": None if name == "Nour" and figure == "reach" else 1 if people else 3,
                "author": name,
                "network": "mastodon",
                "posts": 2,
                **({} if people else {"post": "mastodon:example:60", "text": f"From {name}"}),
            }
            for name in names
        ]
        more = ("author", "handle", "network", "posts") if people else ("author", "text", "post")
        before = None if "before" in query else "3~mastodon:example:60"
        return {"rows": rows, "before": before, "columns": ["value", *more]}

    def _preview(self, brand: dict[str, Any]) -> dict[str, Any]:
        first = (brand.get("fields") or ["#ffc814"])[0]
        ink = (brand.get("inks") or [""])[0]
        dim = first == "#777777" and ink == "#888888"
        mend = {"says": "Write in #ffffff there.", "brand": {"inks": [""]}}
        return {
            "tokens": {
                "--ground": "#25105c" if brand.get("scheme") == "dark" else "#ffffff",
                "--ink": "#ffffff" if brand.get("scheme") == "dark" else "#25105c",
                "--f1": first,
                "--o1": ink or "#25105c",
                "--k-radius": str(brand.get("radius", 3.4)),
            },
            "contrast": [
                {"pair": "Words on ground", "ratio": 14.2, "ok": True, "repair": None},
                {
                    "pair": "Words on field 1",
                    "ratio": 2.1 if dim else 9.6,
                    "ok": not dim,
                    "ground": first,
                    "ink": ink or "#ffffff",
                    "repair": mend if dim else None,
                },
            ],
        }

    def _change(self, body: Any) -> Any:
        if body["rev"] != self.rev:
            return problem(409, "Idris changed this wall at 19:42; read it again.")
        self.rev += 1
        changes = body["changes"]
        self.brand = changes.get("brand", self.brand)
        self.policy = changes.get("policy", self.policy)
        own = ("title", "lang", "hashtags", "layout")
        self.walls[0] |= {name: changes[name] for name in own if name in changes}
        return self.whole()

    def _source(self, end: str, body: Any) -> Any:
        if end == "sources":
            if body["settings"].get("server") == "nowhere":
                return problem(422, "nowhere does not answer; check the name of the server.")
            self.specs.append({"id": f"{body['plugin']}-2", "enabled": True, **body})
            return self.specs[-1]
        spec = next(one for one in self.specs if end.endswith(str(one["id"])))
        if body.get("drop"):
            self.specs.remove(spec)
        else:
            spec.update(body)
        return spec
