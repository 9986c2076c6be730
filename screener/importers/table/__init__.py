"""Imports tables of companies as profiles and columns."""
