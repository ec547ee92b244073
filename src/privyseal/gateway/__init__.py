"""The edge of machines: frames in, one call, frames out. A process of its own; it opens nothing, and keeps nothing."""
