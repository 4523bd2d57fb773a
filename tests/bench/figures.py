"""What was measured, against its goal, as a table for people or as JSON."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from statistics import median, quantiles

BUSY = 1.2  # from here on a missed time says little
WORK = bytes(20_000_000)


@dataclass(frozen=True)
class Figure:
    """One goal. `judged` is what the goal is about; `beside` is what helps to read it."""

    name: str
    goal: float
    judged: float
    unit: str
    beside: dict[str, float] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        return self.judged <= self.goal

    def line(self) -> str:
        """For people."""
        beside = ", ".join(f"{name} {value:,.1f}" for name, value in self.beside.items())
        verdict = "met" if self.met else "MISSED"
        said = f"{self.name:58} ≤ {self.goal:>5,.0f} {self.unit:2} {self.judged:>8,.1f}  {verdict:6}"
        return f"{said}  {beside}".rstrip()

    def shape(self) -> dict[str, object]:
        """For programs."""
        return {"name": self.name, "goal": self.goal, "figure": round(self.judged, 2), "unit": self.unit,
                "met": self.met, **{name: round(value, 2) for name, value in self.beside.items()}}  # fmt: skip


def spread(times: Sequence[float]) -> dict[str, float]:
    """Median, 95 % and the worst."""
    return {"median": median(times), "95 %": high(times), "worst": max(times)}


def high(times: Sequence[float]) -> float:
    """Below this are 95 of 100."""
    return quantiles(times, n=20, method="inclusive")[-1]


class Machine:
    """The same small piece of work again and again: how much longer it takes than it works says how busy all is."""

    def __init__(self) -> None:
        self.took = self.worked = 0.0

    def probe(self) -> None:
        began, before = time.perf_counter(), time.thread_time()
        sha256(WORK).digest()
        self.took += time.perf_counter() - began
        self.worked += time.thread_time() - before

    @property
    def slowed(self) -> float:
        """1 on a machine that does nothing else."""
        return self.took / self.worked if self.worked else 1.0

    def line(self) -> str:
        load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
        said = f"{os.cpu_count()} cores, load {load}; fixed work took {self.slowed:.2f} × its processor time"
        return f"{said}: others were busy here, so a missed time says little" if self.slowed > BUSY else said
