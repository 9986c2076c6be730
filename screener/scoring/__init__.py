"""Score, range, verdict, calibration and waivers."""
