"""`versa models`: what weights there are; download, import, check and remove them. The work is in `models.weights`."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.commands.context import CommandError, Context, UsageError, add_output

if TYPE_CHECKING:
    from models.weights import WeightEntry
    from models.weights.install import Outcome

_EPILOG = """\
settings, by environment variables (the editor's model manager has them too):
  VERSA_MODELS   folder of the downloads
  HF_ENDPOINT    a mirror of the hub
  HF_TOKEN       your token for repositories that want a registered user"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.epilog = _EPILOG
    parts = parser.add_subparsers(dest="part", metavar="WHAT", title="what to do", required=True)

    def part(name: str, text: str) -> argparse.ArgumentParser:
        made = parts.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
        add_output(made)
        return made

    shown = part("list", "show all weights and how they stand; with names everything about these")
    shown.add_argument("names", nargs="*", metavar="NAME", help="of the list")
    load = part("download", "download weights; an interrupted download goes on where it was")
    load.add_argument("names", nargs="*", metavar="NAME", help="of the list")
    load.add_argument("--backend", metavar="B", help="all that this renderer needs")
    take = part("import", "take weights from a folder or a file, without a network")
    take.add_argument("name", metavar="NAME", help="of the list")
    take.add_argument(
        "--from", dest="place", type=Path, required=True, metavar="FOLDER_OR_FILE", help="where the files lie"
    )
    for made in (load, take):
        made.add_argument("--accept-licence", action="store_true", help="you have read the licence and accept it")
    check = part("verify", "read every byte and compare checksums; exit status 1 if something is damaged")
    check.add_argument("names", nargs="*", metavar="NAME", help="of the list (default: all that are there)")
    drop = part("remove", "delete downloaded weights, finished or begun")
    drop.add_argument("names", nargs="+", metavar="NAME", help="of the list")
    drop.add_argument("--yes", "-y", action="store_true", help="do not ask")


def run(args: argparse.Namespace, context: Context) -> int:
    """Do what was asked for."""
    work: dict[str, Callable[[argparse.Namespace, Context], int]] = {
        "list": _list,
        "download": _download,
        "import": _import,
        "verify": _verify,
        "remove": _remove,
    }
    return work[args.part](args, context)


# List ---------------------------------------------------------------------------------------------------------------


def _list(args: argparse.Namespace, context: Context) -> int:
    from models import weights
    from models.weights import store

    chosen = _entries(args.names) or weights.ENTRIES
    data = {
        "folder": str(store.models_folder()),
        "endpoint": store.endpoint(),
        "models": [entry_data(entry) for entry in chosen],
    }
    if args.names:
        context.answer("\n\n".join(_all_about(entry) for entry in chosen), data)
        return 0
    rows = [(e.name, e.state(), weights.size_text(e.size), e.needed_by, e.licence.name) for e in chosen]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{name:<{widths[0]}}  {state:<{widths[1]}}  {size:>{widths[2]}}  for {user:<{widths[3]}}  {licence}"
        for name, state, size, user, licence in rows
    ]
    lines += ["", f"Downloads lie in {store.models_folder()} and come from {store.endpoint()}."]
    context.answer("\n".join(lines), data)
    return 0


def entry_data(entry: "WeightEntry") -> dict[str, Any]:
    """Return everything about an entry, for programs."""
    from models.weights.entry import HubSource, WeightsMissing
    from models.weights.install import licence_accepted

    state = entry.state()
    try:
        folder = str(entry.folder())
    except WeightsMissing:
        folder = ""
    files = [
        {"name": file.final_name, "size": entry.size_of(file), "sha256": entry.known_sha256(file)}
        for file in entry.files
    ]
    return {
        "name": entry.name,
        "title": entry.title,
        "purpose": entry.purpose,
        "needed_by": entry.needed_by,
        "backends": list(entry.backends),
        "state": state,
        "problems": entry.problems() if state == "damaged" else {},
        "size": entry.size,
        "files": files,
        "licence": {
            "name": entry.licence.name,
            "url": entry.licence.url,
            "accepted": not entry.downloadable or licence_accepted(entry),
        },
        "origin": entry.origin,
        "revision": entry.source.revision if isinstance(entry.source, HubSource) else "",
        "gated": isinstance(entry.source, HubSource) and entry.source.gated,
        "folder": folder,
    }


def _all_about(entry: "WeightEntry") -> str:
    from models.weights import size_text

    data = entry_data(entry)
    origin = data["origin"] + (f", commit {data['revision']}" if data["revision"] else "")
    lines = [
        f"{entry.name}: {entry.title}",
        f"  {entry.purpose}",
        f"  needed by  {entry.needed_by}",
        f"  state      {data['state']}",
        *(f"             {name} {text}" for name, text in data["problems"].items()),
        f"  from       {origin}{' (registered users only)' if data['gated'] else ''}",
        f"  folder     {data['folder']}",
        "  files",
    ]
    for file, facts in zip(entry.files, data["files"], strict=True):
        known = f"sha256 {facts['sha256']}" if facts["sha256"] else "checksum: as the hub says at the first download"
        size = size_text(facts["size"]) if facts["size"] is not None else "if there"
        lines.append(f"    {file.name}{f' -> {file.becomes}' if file.becomes else ''}  {size}  {known}")
    accepted = "accepted" if data["licence"]["accepted"] else "not accepted yet"
    lines += [f"  licence    {entry.licence.name} ({accepted}), {entry.licence.url}", "", entry.licence.text().rstrip()]
    return "\n".join(lines)


# Download and import ------------------------------------------------------------------------------------------------


def _download(args: argparse.Namespace, context: Context) -> int:
    from models import weights
    from models.weights.install import download

    chosen = list(_entries(args.names))
    if args.backend:
        from models.renderers import available_renderers

        known = {backend for entry in weights.ENTRIES for backend in entry.backends} | set(available_renderers())
        if args.backend not in known:
            raise UsageError(f"--backend {args.backend}: there is none of that name; choose {', '.join(sorted(known))}")
        chosen += [entry for entry in weights.ENTRIES if args.backend in entry.backends and entry not in chosen]
    elif not chosen:
        raise UsageError("say which weights to download (see `versa models list`), or --backend B")
    for entry in chosen:  # all questions come first, then the long wait
        _ask_licence(entry, context, accepted=args.accept_licence)
    outcomes = {}
    for entry in chosen:
        outcomes[entry.name] = _report(entry, download(entry, context.reporter, context.cancel), context)
    context.answer(
        "\n".join(text for text, _ in outcomes.values()), {"models": [data for _, data in outcomes.values()]}
    )
    return 0


def _import(args: argparse.Namespace, context: Context) -> int:
    from models.weights.install import import_from

    (entry,) = _entries([args.name])
    _ask_licence(entry, context, accepted=args.accept_licence)
    outcome = import_from(entry, args.place, context.reporter, context.cancel)
    text, data = _report(entry, outcome, context)
    context.answer(text, data)
    return 0 if outcome.ready else 1


def _report(entry: "WeightEntry", outcome: "Outcome", context: Context) -> tuple[str, dict[str, Any]]:
    if outcome.unchecked:
        context.reporter.note(
            f"no checksum of {', '.join(outcome.unchecked)} was known; theirs is recorded now and counts from here on"
        )
    if outcome.ready:
        text = f"{entry.name} is ready in {entry.folder()}"
    else:
        text = f"{entry.name} is not whole yet; missing: {', '.join(outcome.missing)}"
    data = {
        "name": entry.name,
        "state": entry.state(),
        "folder": str(entry.folder()),
        "missing": list(outcome.missing),
        "unchecked": list(outcome.unchecked),
    }
    return text, data


def _ask_licence(entry: "WeightEntry", context: Context, *, accepted: bool) -> None:
    from models.weights.install import accept_licence, licence_accepted

    if not entry.downloadable or licence_accepted(entry) or entry.state() == "ready":
        return
    if not accepted:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise CommandError(
                f"{entry.title} is under the licence “{entry.licence.name}” ({entry.licence.url}); read it with "
                f"`versa models list {entry.name}` and accept it with --accept-licence"
            )
        context.reporter.close()
        print(f"{entry.title}, licence “{entry.licence.name}”\n\n{entry.licence.text()}\n", file=sys.stderr)
        if not _agreed("Do you accept this licence?"):
            raise CommandError(f"the licence of {entry.title} was not accepted; nothing was loaded")
    accept_licence(entry)


# Verify and remove --------------------------------------------------------------------------------------------------


def _verify(args: argparse.Namespace, context: Context) -> int:
    from models import weights
    from models.weights.install import verify

    chosen = _entries(args.names) or [e for e in weights.ENTRIES if e.state() in ("ready", "damaged")]
    found = {entry.name: verify(entry, context.reporter, context.cancel) for entry in chosen}
    lines = []
    for name, problems in found.items():
        lines += [f"{name}: {file} {text}".replace("  ", " ") for file, text in problems.items()] or [f"{name}: right"]
    damaged = [entry for entry in chosen if found[entry.name]]
    for entry in damaged:
        lines.append(f"-> {entry.missing_message()}")
    data = {"models": [{"name": name, "problems": problems} for name, problems in found.items()]}
    context.answer("\n".join(lines), data)
    return 1 if damaged else 0


def _remove(args: argparse.Namespace, context: Context) -> int:
    from models.weights import size_text
    from models.weights.install import purge_removed, remove

    chosen = _entries(args.names)
    if not args.yes:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("say --yes to remove weights without being asked")
        context.reporter.close()
        if not _agreed(f"Delete {', '.join(entry.name for entry in chosen)}?"):
            raise CommandError("nothing was removed")
    for entry in chosen:
        remove(entry)
    freed = purge_removed()
    names = [entry.name for entry in chosen]
    context.answer(f"removed {', '.join(names)}: {size_text(freed)} free", {"removed": names, "bytes": freed})
    return 0


def _entries(names: Sequence[str]) -> tuple["WeightEntry", ...]:
    from models import weights

    try:
        return tuple(weights.find(name) for name in dict.fromkeys(names))
    except weights.UnknownWeights as error:
        raise UsageError(str(error)) from None


def _agreed(question: str) -> bool:
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "j", "ja")
