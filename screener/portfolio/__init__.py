"""Several companies as one: exposure by verdict and counterparty, and what a shock to one company does to the others."""
