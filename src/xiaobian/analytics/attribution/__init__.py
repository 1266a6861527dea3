"""Which channel gets the credit for a conversion."""
