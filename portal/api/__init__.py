"""The HTTP API for the systems of partner offices, under /api/v1."""

from fastapi import APIRouter

api = APIRouter(prefix="/api/v1")
