"""Scripts as data: their schema, the engine that walks them, the report. Pure: knows no Rasa and no database."""
