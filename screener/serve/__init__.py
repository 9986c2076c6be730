"""A local web server for a folder of profiles: portfolio, company, what-if, look-ups, comparison, history, rules."""
