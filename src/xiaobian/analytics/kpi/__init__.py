"""KPIs with n and an interval."""
