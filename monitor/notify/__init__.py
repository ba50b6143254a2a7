"""Message → wire. Knows nothing of policies, changes or storage."""

from monitor.notify.channel import Channel, open_channel

__all__ = ["Channel", "open_channel"]
