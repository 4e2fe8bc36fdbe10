"""The demonstration: the main job on sample data, from records to delivered invoices."""

from bordereau_api.demo.run import Demonstration, run_demo

__all__ = ["Demonstration", "run_demo"]
