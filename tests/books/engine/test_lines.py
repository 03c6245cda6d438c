"""Which task goes next: by rank within a company, every fifth turn to the background, and half of the slots at most
to companies that do not answer."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from books.engine.lines import Job, Lines

SAVE, READ, BATCH, BACKGROUND = range(4)


def job(company: int, rank: int, number: int = 0) -> Job:
    return Job(UUID(int=number), company, rank, f"{rank}-{number}")


def run_all(lines: Lines) -> list[str]:
    """Run everything in the order in which it starts; return the paths."""
    order: list[str] = []
    while started := lines.start():
        for one in started:
            order.append(one.path)
            lines.end(one)
    return order


def test_a_save_goes_before_a_read_and_that_before_a_bulk_change_and_that_before_the_background():
    lines = Lines(slots=9, ranks=4, waited_for=2)
    lines.add([job(1, BACKGROUND), job(1, BATCH), job(1, READ), job(1, SAVE)])
    assert run_all(lines) == ["0-0", "1-0", "2-0", "3-0"]


def test_a_save_goes_between_two_records_of_a_bulk_change():
    lines = Lines(slots=9, ranks=4, waited_for=2)
    lines.add([job(1, BATCH, 1)])
    (first,) = lines.start()
    lines.add([job(1, BATCH, 2), job(1, SAVE)])
    lines.end(first)
    assert run_all(lines) == ["0-0", "2-2"]


def test_nobody_waits_for_a_bulk_change():
    lines = Lines(slots=9, ranks=4, waited_for=2)
    lines.add([job(1, BATCH)])
    (running,) = lines.start()
    before = lines.is_waited_for(running)
    lines.add([job(1, READ)])
    assert (before, lines.is_waited_for(running)) == (False, True)


def test_the_fifth_turn_of_a_busy_line_is_a_background_read():
    lines = Lines(slots=9, ranks=4, waited_for=2)
    lines.add([job(1, BACKGROUND, 1), job(1, BACKGROUND, 2), *(job(1, SAVE, number) for number in range(9))])
    order = [path[0] for path in run_all(lines)]
    assert order == ["0", "0", "0", "0", "3", "0", "0", "0", "0", "3", "0"]


def test_before_each_request_of_a_background_read_four_others_go_at_most():
    lines = Lines(slots=9, ranks=4, waited_for=2)
    lines.add([job(1, BACKGROUND)])
    lines.start()
    lines.add([job(1, SAVE, number) for number in range(6)])
    turns = [[one.path for one in iter(lambda: lines.take_urgent(1), None)] for _ in range(3)]
    assert turns == [["0-0", "0-1", "0-2", "0-3"], ["0-4", "0-5"], []]


def test_a_background_read_before_a_save_is_waited_for():
    lines = Lines(slots=9, ranks=4, waited_for=2)
    lines.add([job(1, BACKGROUND)])
    (reading,) = lines.start()
    before = lines.is_waited_for(reading)
    lines.add([job(1, SAVE)])
    assert (before, lines.is_waited_for(reading)) == (False, True)


def test_a_company_never_has_two_slots():
    lines = Lines(slots=9, ranks=4, waited_for=2)
    lines.add([job(1, SAVE, 1), job(1, SAVE, 2), job(2, SAVE, 3)])
    assert [one.company for one in lines.start()] == [1, 2]
    lines.add([job(1, SAVE, 4)])
    assert lines.start() == []


def test_of_companies_that_wait_for_a_slot_one_with_a_save_is_first():
    lines = Lines(slots=1, ranks=4, waited_for=2)
    lines.add([job(1, BACKGROUND), job(2, READ), job(3, SAVE), job(4, SAVE)])
    assert run_all(lines) == ["0-0", "0-0", "1-0", "3-0"]


def test_companies_that_do_not_answer_take_half_of_the_slots_at_most():
    lines = Lines(slots=4, ranks=4, waited_for=2)
    for company in range(10):
        lines.note_answer(company, came=False)
    lines.add([job(company, SAVE) for company in range(10)])
    assert len(lines.start()) == 2
    lines.add([job(company, BACKGROUND) for company in (11, 12, 13)])
    assert [one.company for one in lines.start()] == [11, 12]


def test_one_that_answers_again_is_not_held_back():
    lines = Lines(slots=2, ranks=4, waited_for=2)
    for company in (1, 2):
        lines.note_answer(company, came=False)
    lines.add([job(1, SAVE), job(2, SAVE)])
    assert len(lines.start()) == 1
    lines.note_answer(2, came=True)
    assert [one.company for one in lines.start()] == [2]


@given(
    jobs=st.lists(st.tuples(st.integers(1, 5), st.integers(0, 3)), max_size=30),
    slots=st.integers(2, 6),
    silent=st.sets(st.integers(1, 5)),
    seed=st.randoms(use_true_random=False),
)
def test_whatever_ends_when_every_task_runs_once_and_its_company_alone(jobs, slots, silent, seed):
    lines = Lines(slots, ranks=4, waited_for=2)
    for company in silent:
        lines.note_answer(company, came=False)
    waiting = [job(company, rank, number) for number, (company, rank) in enumerate(jobs)]
    lines.add(waiting)
    running: list[Job] = []
    done: list[Job] = []
    while started := [*lines.start(), *running]:
        running = started
        companies = [one.company for one in running]
        assert len(companies) == len(set(companies)) <= slots
        assert len(silent.intersection(companies)) <= slots // 2
        ended = running.pop(seed.randrange(len(running)))
        lines.end(ended)
        done.append(ended)
    assert sorted(one.id for one in done) == sorted(one.id for one in waiting)
