"""Explains results: findings, evidence, distances and open inputs."""
