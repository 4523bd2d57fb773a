"""What a benchmark says of its figures; the benchmarks themselves are no tests."""

from __future__ import annotations

from tests.bench.figures import Figure, Machine, high, spread


def test_a_figure_says_whether_its_goal_is_met() -> None:
    met, missed = Figure("server", 200, 200, "ms", {"median": 90.0}), Figure("server", 200, 200.1, "ms")
    assert (met.met, missed.met) == (True, False)
    assert met.line().endswith("met     median 90.0")
    assert "MISSED" in missed.line()
    assert missed.shape() == {"name": "server", "goal": 200, "figure": 200.1, "unit": "ms", "met": False}


def test_ninety_five_of_a_hundred_times_are_below() -> None:
    times = [float(number) for number in range(101)]
    assert high(times) == 95
    assert spread(times) == {"median": 50, "95 %": 95, "worst": 100}


def test_a_machine_that_waits_is_busy() -> None:
    machine = Machine()
    assert machine.slowed == 1
    machine.took, machine.worked = 3, 2
    assert "others were busy" in machine.line()
    machine.took = 2
    assert "others were busy" not in machine.line()
