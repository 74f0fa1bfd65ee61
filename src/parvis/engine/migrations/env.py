from __future__ import annotations

from alembic import context

from parvis.engine.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite copies a table to change it
    transactional_ddl=True,  # on SQLite too: cut half-way, a migration never happened
)
with context.begin_transaction():
    context.run_migrations()
