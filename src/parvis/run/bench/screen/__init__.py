"""The wall in a real browser, beside fediwall and mastowall built from their own repositories."""
