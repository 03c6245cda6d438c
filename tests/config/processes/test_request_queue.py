"""Requests that wait for a thread: posted forms and all others in turns."""

from types import SimpleNamespace

from config.processes.request_queue import RequestQueue


def drain(*waiting: tuple[str, str]) -> list[str]:
    queue, names = RequestQueue(), {}
    for command, name in waiting:
        task = SimpleNamespace(requests=[SimpleNamespace(command=command)])
        names[id(task)] = task, name
        queue.append(task)
    return [names[id(queue.popleft())][1] for _ in range(len(queue))]


def test_a_page_waits_for_one_save_at_most_however_many_came_before_it():
    saves = [("POST", f"save {number}") for number in range(4)]
    assert drain(*saves, ("GET", "page")) == ["page", "save 0", "save 1", "save 2", "save 3"]


def test_pages_do_not_keep_saves_waiting():
    pages = [("GET", f"page {number}") for number in range(3)]
    assert drain(*pages, ("POST", "save"), ("POST", "other")) == ["page 0", "save", "page 1", "other", "page 2"]


def test_what_is_of_one_kind_goes_in_the_order_it_came():
    assert drain(("GET", "one"), ("HEAD", "two"), ("GET", "three")) == ["one", "two", "three"]


def test_an_empty_queue_is_false():
    assert not RequestQueue()
