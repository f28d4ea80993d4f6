"""Imports: files of rows that are carried out as a task: use cases."""
