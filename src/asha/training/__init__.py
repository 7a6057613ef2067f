"""Recipes, losses and the loop that trains the audio LLM."""
