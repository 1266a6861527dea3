"""What lies under the openai client: Guard → Ledger → Cache → (Offline | Web)."""
