"""The same load on a plain Django view that waits for the vendor, under the same web server, over the same database."""

from collections.abc import Sequence

from bench.visiting import Visitor
from config.processes.services import Services, find_free_port

from .people import Person
from .stage import Crowd
from .trial import BROWSERS, Load, Trial, run_trial
from .usage import WEB

THREADS = 256  # a request holds its thread while it waits


def run_trials(crowd: Crowd, people: Sequence[Person], overs: Sequence[float]) -> list[Trial]:
    """Return a trial for each number of seconds over which everybody saves. Ours does not run meanwhile."""
    crowd.stop_desk()
    desk = make_plain(crowd)
    try:
        desk.start()
        pages = [one.page.replace("/t/", "/plain/").replace("/customers/", "/") for one in people]
        others = [
            Person(one.tenant, Visitor(desk.url), page, has_script=False)
            for one, page in zip(people, pages, strict=True)
        ]
        browsers: list[tuple[dict[str, str], list[str]]] = [
            ({}, [f"/plain/{one.tenant.slug}/"]) for one in people[:BROWSERS]
        ]
        return [run_trial(crowd, desk, Load(others, over, f"Plain{over:.0f}", browsers)) for over in overs]
    finally:
        desk.stop()


def make_plain(crowd: Crowd) -> Services:
    """Return the processes that serve the plain view."""
    own = {"DJANGO_SETTINGS_MODULE": "bench.beside.settings", "BENCH_HOME": str(crowd.desk.home)}
    environment = {**crowd.desk.environment, **own, "WEB_THREADS": str(THREADS)}
    desk = Services(find_free_port(), crowd.desk.home / "plain", environment)
    desk.make_home()
    desk.add(WEB, "-m", "config.processes.web", f"{desk.host}:{desk.port}")
    return desk
