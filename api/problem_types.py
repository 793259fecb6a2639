"""GET /problems/{name}: what a problem's `type` leads to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import APIRouter, Path
from fastapi.responses import Response

from api import example_answers
from api.answers import JSON
from api.described import answers, problems
from api.problems import KINDS, NOT_FOUND, Problem

router = APIRouter(tags=["operation"])


@dataclass(frozen=True, slots=True)
class ProblemType:
    """A kind of problem."""

    type: str
    title: str
    status: int


@router.get(
    "/problems/{name}",
    response_model=ProblemType,
    responses={**problems(NOT_FOUND), **answers(example_answers.KIND)},
    summary="What a kind of problem is",
)
async def problem_type(
    name: Annotated[str, Path(description="The name of the kind.", examples=["unknown-item"])],
) -> Response:
    """The kind that the `type` of a problem names; takes no key."""
    kind = KINDS.get(name)
    if kind is None:
        raise Problem(NOT_FOUND, "No kind of problem is called so.")
    return Response(orjson.dumps(ProblemType(kind.type, kind.title, kind.status)), media_type=JSON)
