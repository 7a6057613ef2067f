"""Asha: a voice assistant that hears and speaks seven language tracks of India."""
