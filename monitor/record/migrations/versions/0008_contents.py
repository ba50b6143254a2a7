"""Bodies and documents in one place, each once, as differences to each other."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
import zstandard
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the schema to this revision; what was kept is compared with its like later."""
    _create()
    _bodies()
    _snapshots()
    _versions()
    op.drop_table("bodies")
    op.add_column("changes", sa.Column("against_documents", sa.Boolean(), nullable=True))
    unpacked = sa.text("against_documents IS NULL")
    op.create_index(
        "changes_unpacked", "changes", ["id"], sqlite_where=unpacked, postgresql_where=unpacked
    )


def _create() -> None:
    op.create_table(
        "contents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["base"], ["contents.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest", name="contents_digest"),
    )
    for name, column, condition in (
        ("contents_on_base", "base", "base IS NOT NULL"),
        ("contents_unsorted", "place", "place < 0"),
    ):
        where = sa.text(condition)
        op.create_index(name, "contents", [column], sqlite_where=where, postgresql_where=where)


def _bodies() -> None:
    bind = op.get_bind()
    digests = [row[0] for row in bind.execute(sa.text("SELECT digest FROM bodies"))]
    for digest in digests:
        size, packed = bind.execute(
            sa.text("SELECT size, content FROM bodies WHERE digest = :digest"), {"digest": digest}
        ).one()
        _put(bytes.fromhex(digest), size, bytes(packed))


def _snapshots() -> None:
    bind = op.get_bind()
    op.add_column("snapshots", sa.Column("body", sa.Integer(), nullable=True))
    rows = bind.execute(sa.text("SELECT digest, id FROM contents")).all()
    numbers = {bytes(digest).hex(): number for digest, number in rows}
    for digest, number in numbers.items():
        bind.execute(
            sa.text("UPDATE snapshots SET body = :body WHERE digest = :digest"),
            {"body": number, "digest": digest},
        )
    op.drop_index("snapshots_of_source", "snapshots")
    op.drop_index("snapshots_of_body", "snapshots")
    with op.batch_alter_table("snapshots") as table:
        table.drop_column("digest")
        table.alter_column("body", existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key("snapshots_body", "contents", ["body"], ["id"])
    op.create_index("snapshots_of_body", "snapshots", ["body"])
    op.create_index("snapshots_of_source", "snapshots", ["source_id", "body"])


def _versions() -> None:
    bind = op.get_bind()
    op.add_column("versions", sa.Column("content", sa.Integer(), nullable=True))
    unpacker = zstandard.ZstdDecompressor()
    for (number,) in bind.execute(sa.text("SELECT id FROM versions ORDER BY id")).all():
        packed = bytes(
            bind.execute(
                sa.text("SELECT document FROM versions WHERE id = :id"), {"id": number}
            ).scalar_one()
        )
        document = unpacker.decompress(packed)
        content = _put(hashlib.sha256(document).digest(), len(document), packed)
        bind.execute(
            sa.text("UPDATE versions SET content = :content WHERE id = :id"),
            {"content": content, "id": number},
        )
    with op.batch_alter_table("versions") as table:
        table.drop_column("document")
        table.alter_column(
            "content",
            new_column_name="document",
            existing_type=sa.Integer(),
            nullable=False,
        )
    # Apart: a batch knows a column that it renames by its old name only.
    with op.batch_alter_table("versions") as table:
        table.create_foreign_key("versions_document", "contents", ["document"], ["id"])
    op.create_index("versions_of_document", "versions", ["document"])


def _put(digest: bytes, size: int, packed: bytes) -> int:
    bind = op.get_bind()
    known = bind.execute(
        sa.text("SELECT id FROM contents WHERE digest = :digest"), {"digest": digest}
    ).scalar()
    if known is not None:
        return int(known)
    return int(
        bind.execute(
            sa.text(
                "INSERT INTO contents (digest, size, base, place, depth, packed) "
                "VALUES (:digest, :size, NULL, -1, 0, :packed) RETURNING id"
            ),
            {"digest": digest, "size": size, "packed": packed},
        ).scalar_one()
    )
