"""Floor 6: findings, score, verdict and their explanations."""
