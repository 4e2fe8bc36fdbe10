"""What contracts charge by themselves, period by period, and what corrects it later."""
