"""Evaluation of rules on whole columns of companies."""
