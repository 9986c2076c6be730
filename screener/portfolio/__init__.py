"""Portfolios of companies: exposure by verdict and counterparty, and the effect of a shock to one company on the
others."""
