"""The pages of the dashboard: each module gives a router, and every route of it is closed unless it is opened."""
