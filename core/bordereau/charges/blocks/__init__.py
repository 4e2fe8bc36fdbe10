"""Blocks of hours and money: balances drawn, settled, restated."""
