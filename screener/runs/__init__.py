"""Floor 8½: many companies. Worker processes, what survives a kill, and machines beside this one."""
