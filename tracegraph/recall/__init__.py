"""Recall: what is affected, how sure that is, where it is, who has it, and what is missing."""
