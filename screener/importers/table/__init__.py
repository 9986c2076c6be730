"""Tables of companies as profiles and columns."""
