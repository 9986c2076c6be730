"""A local web page over a folder of profiles: portfolio, company, what-if, look-ups, comparison, history, rules."""
