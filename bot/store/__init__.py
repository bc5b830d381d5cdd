"""What is kept: tables, sealing, repositories, Rasa's tracker store."""
