"""A self-hosted social wall: gathers what people post, clears it, shows it live on every screen."""

__version__ = "0.1.0"
