"""Papers over HTTP: sent in parts, read in the background, asked for by their number."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar
from urllib.parse import unquote

from aiohttp import BodyPartReader, web
from sqlalchemy.engine import Connection

from actions.paper_view import InHand
from curation.background import aside
from desk import conversations, lead_drafts, paper_files, paper_terms, papers, transcripts
from desk.casework import public as public_message
from desk.engine import reading, writing
from desk.errors import InvalidRecordError, NotFoundError
from desk.messages import CHANNELS, InboundMessage, MessageKind, OutboundMessage, check_sender
from desk.paper_files import Incoming
from desk.papers import Paper, Sending, Status
from desk.phrases import HUMAN_BUTTON
from knowledge.errors import SourceError
from knowledge.paper_limits import MAX_BYTES
from papers.pictures import line_picture_aside
from server import intake, keys
from server.errors import RequestError, json_text
from server.files import CHUNK, TooSlowError, arrived
from server.frames import CHANNEL as FRAME
from server.frames import partner_of
from server.reading_room import public
from server.security import TOKEN_HEADER, cookie_sender, presented_sender

routes = web.RouteTableDef()
T = TypeVar("T")

URL = "/api/v1/papers"
# The purpose of what is only handed in with a request for aid.
MATERIAL = "material"
# The parts' own headers and the other fields; more is no upload of papers.
_BESIDE = 256 * 1024
_FIELD_BYTES = 1000
_RETRY_S = 1


@routes.get(URL, name="paper_terms")
async def get_terms(request: web.Request) -> web.Response:
    """What is agreed to by sending a paper, and how much may be sent."""
    days = request.app[keys.SETTINGS].desk.paper_days
    return web.json_response(paper_terms.to_json(days), dumps=json_text)


@routes.post(URL, name="papers")
async def post_paper(request: web.Request) -> web.Response:
    """Take the files of one paper; its reading is asked for afterwards."""
    if request.content_type != "multipart/form-data":
        raise RequestError(
            415, "unsupported_type", "上传文书请用 multipart/form-data，文件放在 file 字段里"
        )
    if (request.content_length or 0) > MAX_BYTES + _BESIDE:
        raise _too_large()
    await request.app[keys.READING_ROOM].admit()
    upload = _Upload(request)
    try:
        with paper_files.receiving(request.app[keys.SETTINGS].desk.attachments_dir) as incoming:
            await upload.take(incoming)
            paper = await upload.keep(incoming)
    except InvalidRecordError as error:
        raise RequestError(400, "invalid_paper", str(error)) from error
    request.app[keys.READING_ROOM].call()
    headers = {}
    if upload.begins:
        headers[TOKEN_HEADER] = request.app[keys.TOKENS].issue(paper.sender)
    body = {**_state(paper), "poll": f"{URL}/{paper.uid}"}
    return web.json_response(
        body, status=202, headers={**headers, "Location": body["poll"]}, dumps=json_text
    )


@routes.get(f"{URL}/{{uid}}", name="paper")
async def get_paper(request: web.Request) -> web.Response:
    """How far a paper is, and what it says once it is read."""
    paper = await own_paper(request)
    body = _state(paper)
    if paper.status is Status.DONE and not paper.is_material:
        body["reading"] = public(dict(paper.reading or {}))
        body["reply"] = {"messages": await asyncio.to_thread(_replies, request, paper)}
    elif paper.status is Status.FAILED:
        body["error"] = {"code": "unreadable", "message": paper.reason}
    headers = {"Retry-After": str(_RETRY_S)} if paper.is_pending else {}
    return web.json_response(body, headers=headers, dumps=json_text)


@routes.delete(f"{URL}/{{uid}}", name="paper_back")
async def delete_paper(request: web.Request) -> web.Response:
    """Take back a file that was sent as material and has not gone with a request yet."""
    paper = await own_paper(request)
    engine, folder = request.app[keys.ENGINE], request.app[keys.SETTINGS].desk.attachments_dir

    def take_back() -> None:
        with writing(engine) as conn:
            lead_drafts.take_back(conn, paper.uid, paper.sender)
        paper_files.sweep(engine, folder)

    try:
        await asyncio.to_thread(take_back)
    except NotFoundError as error:
        raise RequestError(404, "not_found", str(error)) from error
    except InvalidRecordError as error:
        raise RequestError(400, "invalid_paper", str(error)) from error
    return web.json_response({"status": "removed"}, dumps=json_text)


@routes.get(f"{URL}/{{uid}}/lines/{{line:[0-9]{{1,6}}}}.png", name="paper_line")
async def get_line(request: web.Request) -> web.Response:
    """The picture of one line, for whoever may see the paper."""
    paper = await own_paper(request)
    held = InHand.of(paper)
    number = int(request.match_info["line"])
    lines = () if held is None else held.reading.lines
    sizes = {} if held is None else {size.page: size for size in held.reading.sizes}
    line = lines[number] if number < len(lines) else None
    if line is None or line.box is None or line.page not in sizes:
        raise RequestError(404, "not_found", "这一行没有图片")
    await intake.limit(request, paper.sender)
    folder = request.app[keys.SETTINGS].desk.attachments_dir
    try:
        files = [paper_files.path_of(folder, paper.uid, file.file) for file in paper.files]
        async with request.app[keys.READING_ROOM].cutting:
            body = await aside(line_picture_aside, files, sizes[line.page], line.box)
    except (NotFoundError, SourceError) as error:
        raise RequestError(404, "not_found", str(error)) from error
    return web.Response(body=body, content_type="image/png")


async def own_paper(request: web.Request) -> Paper:
    """The paper that the address names, if it is the one's who asks.

    :raises RequestError: 401 without a token, 404 for any other.
    """
    tokens = request.app[keys.TOKENS]
    sender = presented_sender(request, tokens) or cookie_sender(request, tokens)
    if sender is None:
        raise RequestError(
            401,
            "token_required",
            f"请在请求头 {TOKEN_HEADER} 里带上上传时得到的令牌",
            {"WWW-Authenticate": "Bearer"},
        )

    def find() -> Paper:
        with reading(request.app[keys.ENGINE]) as conn:
            return papers.get(conn, request.match_info["uid"], sender=sender)

    try:
        return await asyncio.to_thread(find)
    except NotFoundError as error:
        raise RequestError(404, "not_found", str(error)) from error


def announcement(paper: Paper) -> InboundMessage:
    """The message by which a conversation is told of a paper that was read."""
    return InboundMessage(
        sender=paper.sender,
        text=f"我上传了一份文书（共{paper.pages}页）",
        channel=paper.channel,
        client_id=_client_id(paper),
        metadata={"paper": paper.uid},
    )


def failure(paper: Paper) -> OutboundMessage:
    """What a chat is told of a paper that could not be read."""
    text = f"您发来的文书没有读成：{paper.reason}"
    return OutboundMessage(MessageKind.NOTICE, text, buttons=(HUMAN_BUTTON,))


def _client_id(paper: Paper) -> str:
    return f"paper-{paper.uid}"


def _replies(request: web.Request, paper: Paper) -> list[dict[str, Any]]:
    with reading(request.app[keys.ENGINE]) as conn:
        found = transcripts.replies_by_client_id(conn, paper.sender, _client_id(paper))
    return [public_message(item) for item in found]


def _state(paper: Paper) -> dict[str, Any]:
    """What is said of a paper however far it is."""
    status = "pending" if paper.is_pending else "ready"
    return {
        "id": paper.uid,
        "status": "failed" if paper.status is Status.FAILED else status,
        "pages_done": paper.pages_done,
        "pages": paper.pages,
        "files": [file.name for file in paper.files],
    }


class _Upload:
    """One request: its fields first, then its files in order."""

    def __init__(self, request: web.Request) -> None:
        self.begins = False
        self._is_open = False
        self._request = request
        self._fields: dict[str, str] = {}
        self._is_proven: bool | None = None
        self._is_framed = False

    async def take(self, incoming: Incoming) -> None:
        """Receive every part; who sends is checked before the first byte of a file is read.

        :raises RequestError: not allowed, too fast, too large, or cut off.
        """
        reader = await _arrived(self._request.multipart())
        while (part := await _arrived(reader.next())) is not None:
            if not isinstance(part, BodyPartReader):
                raise InvalidRecordError("上传的格式不对，请把文件直接放在 file 字段里")
            if part.name == "file" and part.filename:
                if self._is_proven is None:
                    await self._admit()
                await self._receive(incoming, part, unquote(part.filename))
            else:
                await self._field(part)
        if self._is_proven is None:
            raise InvalidRecordError("没有收到文件，请选择要上传的文书")

    async def keep(self, incoming: Incoming) -> Paper:
        """Store what arrived, in one transaction."""
        app, sender = self._request.app, self._sender()
        folder = app[keys.SETTINGS].desk.attachments_dir

        def keep(conn: Connection) -> tuple[Paper, bool]:
            conversations.ensure(conn, sender, self._channel())
            began = conversations.beginning(conn, sender)
            is_known = papers.has_any(conn, sender) or began is not None
            if self._is_open and is_known:  # somebody began it while these files were arriving
                raise intake.token_needed(self._request)
            is_to_read = self._fields.get("purpose") != MATERIAL
            sending = Sending(sender, self._channel(), paper_terms.VERSION, is_to_read)
            paper, _ = papers.add(conn, folder, sending, incoming)
            return paper, not is_known

        def stored() -> tuple[Paper, bool]:
            with writing(app[keys.ENGINE]) as conn:
                return keep(conn)

        paper, is_first = await asyncio.to_thread(stored)
        self.begins = is_first and self._is_open
        return paper

    async def _admit(self) -> None:
        sender = self._sender()
        self._is_proven = await intake.authorise(self._request, sender)
        self._is_framed = await partner_of(self._request) is not None
        self._is_open = not self._is_proven and not intake.has_key(self._request)
        await intake.limit(self._request, sender)
        await self._request.app[keys.READING_ROOM].admit(sender)
        if not self._consent() and not await asyncio.to_thread(self._has_agreed, sender):
            raise self._consent_needed()

    async def _receive(self, incoming: Incoming, part: BodyPartReader, name: str) -> None:
        with incoming.file(name) as arriving:
            while piece := await _arrived(part.read_chunk(CHUNK)):
                try:
                    await asyncio.to_thread(arriving.write, piece)
                except InvalidRecordError as error:
                    raise _too_large() from error

    async def _field(self, part: BodyPartReader) -> None:
        value = await _arrived(part.read_chunk(_FIELD_BYTES))
        if await _arrived(part.read_chunk(1)):
            raise InvalidRecordError("上传的字段太长")
        if self._is_proven is None:
            self._fields[part.name or ""] = value.decode("utf-8", "replace").strip()

    def _has_agreed(self, sender: str) -> bool:
        with reading(self._request.app[keys.ENGINE]) as conn:
            return papers.has_agreed(conn, sender, paper_terms.VERSION)

    def _sender(self) -> str:
        """Whoever the form names, else whose token is shown."""
        named = self._fields.get("sender")
        if named is None:
            tokens = self._request.app[keys.TOKENS]
            named = presented_sender(self._request, tokens) or cookie_sender(self._request, tokens)
        return check_sender(named)

    def _channel(self) -> str:
        if self._is_framed:
            return FRAME
        named = self._fields.get("channel", "rest")
        return named if named in CHANNELS else "rest"

    def _consent(self) -> str:
        return paper_terms.VERSION if self._fields.get("consent") == paper_terms.VERSION else ""

    def _consent_needed(self) -> RequestError:
        text = paper_terms.text(self._request.app[keys.SETTINGS].desk.paper_days)
        return RequestError(
            400, "consent_required", f"{text}同意请在文件之前加字段 consent={paper_terms.VERSION}"
        )


async def _arrived(waiting: Awaitable[T]) -> T:
    """The next piece of the request.

    :raises RequestError: when the request is cut off, too slow or no form at all.
    """
    try:
        return await arrived(waiting)
    except TooSlowError as error:
        raise RequestError(408, "timeout", str(error)) from error
    except InvalidRecordError as error:
        raise RequestError(400, "bad_body", str(error)) from error


def _too_large() -> RequestError:
    return RequestError(
        413, "paper_too_large", f"文件一共超过 {MAX_BYTES // 2**20} MB，请压缩图片或分次上传"
    )
