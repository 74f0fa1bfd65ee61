"""The store's schema, step by step; run when a store is opened."""
