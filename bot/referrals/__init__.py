"""The directory of people and lines a doctor can turn to."""
