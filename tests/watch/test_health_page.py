"""The page Health as Streamlit runs it."""

from pages.parts.page_list import PAGES
from peea.watch.web import routes
from tests.test_pages import button, data_folder, opened, register, words  # noqa: F401 - fixtures


def test_the_page_says_whether_peea_is_well_and_tells_nothing_of_a_patient(data_folder):  # noqa: F811
    register(name="Zoe Unseen")
    app = opened("machine_health")
    assert not app.exception
    said = words(app)
    assert "PEEA is well. Still to be set up: Encryption, Last backup." in said
    assert "Every page can be read" in said
    assert "lite0" in said
    assert "Zoe" not in said


def test_no_page_has_the_address_at_which_monitoring_asks():
    addresses = {f"/{entry.file.replace('_', '-')}" for entry in PAGES}
    assert not addresses & {route.path for route in routes()}


def test_looking_again_finds_what_has_gone_wrong_since(monkeypatch):
    register()
    app = opened("machine_health")
    monkeypatch.setattr("peea.watch.health._disk", lambda *_: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    button(app, "Look again").click().run()
    assert not app.exception
    assert "PEEA is not well: Room on the disk." in words(app)
