"""The benchmarks: the product's stages beside their floors, measured in the same run.

Figures of one machine say nothing on another; ratios to the floor do. Each benchmark works in a
database of its own and never sees another.
"""

from bordereau_api.bench.course import STAGES, bench
from bordereau_api.bench.gauge import Figures
from bordereau_api.bench.result import Result, Stage

__all__ = ["STAGES", "Figures", "Result", "Stage", "bench"]
