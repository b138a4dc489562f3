"""Reading papers back from the store; who may is the caller's to know."""

from models.errors import Unknown
from models.tables import DocumentRow, FileRow
from records.files import Files
from records.store.engine import Sessions, transaction


class Papers:
    """Documents and certificates by their content."""

    def __init__(self, sessions: Sessions, files: Files) -> None:
        self._sessions = sessions
        self._files = files

    async def document(self, document_id: str) -> tuple[str, str, bytes]:
        """The file name, the real type and the bytes of a document.

        Raises:
            Unknown: there is no such document.
        """
        async with transaction(self._sessions) as session:
            row = await session.get(DocumentRow, document_id)
            kept = await session.get(FileRow, row.file_hash) if row else None
        if row is None or kept is None:
            raise Unknown("document.unknown")
        return row.filename, kept.media_type, await self._files.read(kept.hash)

    async def file(self, file_hash: str) -> bytes:
        """The bytes of a file of the store."""
        return await self._files.read(file_hash)
