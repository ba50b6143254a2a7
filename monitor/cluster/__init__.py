"""Many machines: one program finds what is due, any number of workers do it.

::

    monitor run --cluster ──► jobs in PostgreSQL (Procrastinate) ──► monitor worker, worker …

The schedule, the leases and the outbox stay where they are, in the archive: a job only says that a
source or a channel is to be looked at. One that is lost, or comes twice, does no harm.
"""
