"""The test setup itself: a complete desk in a browser, a working sign-in, and an accessible page."""


def test_a_person_signs_in_and_sees_their_companies(as_bob_page, axe):
    as_bob_page.goto("/")
    assert "Larch Street Supply" in as_bob_page.locator("main").inner_text()
    axe(as_bob_page)


def test_the_web_answers_again_after_a_restart(desk, as_carol_page):
    desk.kill("web")
    desk.restart("web")
    assert as_carol_page.goto("/").ok


def test_the_sandbox_answers_for_the_demos_companies(desk):
    page = desk.sandbox.get("/quickbooks-desktop/customers", "end_usr_wholesaler0001", limit=2)
    assert len(page["data"]) == 2
