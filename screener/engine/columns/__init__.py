"""The rules over whole columns of companies."""
