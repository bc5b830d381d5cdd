"""The pages of the dashboard: each module makes one router."""
