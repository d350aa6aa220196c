"""The drawn people: seeded, six of them, two pairs alike; proxies hang where their file says. Needs no Blender."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

from tools.people import settings
from tools.people.backdrop import draw_backdrop, save_jpeg
from tools.people.cast import six_people, strangers
from tools.people.identity import macro_targets
from tools.people.proxies import read_proxy
from tools.people.recipe import draw_recipe
from tools.people.wear import make_cap


def _likeness(a: dict[str, float], b: dict[str, float]) -> float:
    axes = sorted(k for k in a if k in b and not k.startswith("shape:"))
    return float(np.corrcoef([a[k] for k in axes], [b[k] for k in axes])[0, 1])


def test_the_cast_is_the_same_every_time() -> None:
    assert six_people() == six_people()
    assert strangers() == strangers()


def test_six_names_and_as_many_strangers_as_wanted() -> None:
    names = [who.name for who in six_people()]
    assert len(set(names)) == 6
    assert names == sorted(names)
    assert len({who.name for who in strangers()}) == settings.STRANGERS


def test_the_sisters_are_more_alike_than_others() -> None:
    cast = {who.name: who for who in six_people()}
    sisters = _likeness(cast["Leila"].details, cast["Nadia"].details)
    assert sisters > 0.25
    assert sisters > _likeness(cast["Leila"].details, cast["Amara"].details)
    assert cast["Bruno"].skin == cast["Emil"].skin
    assert cast["Bruno"].hair == cast["Emil"].hair


def test_shares_of_origin_and_build_sum_to_one() -> None:
    for who in six_people():
        weights = macro_targets(who)
        universal = sum(w for name, w in weights.items() if "universal" in name)
        assert np.isclose(universal, 1.0)
        assert np.isclose(sum(weights.values()) - universal, 1.0)


def test_a_recipe_stays_within_the_settings() -> None:
    for seed in range(50):
        recipe = draw_recipe(seed, male=bool(seed % 2))
        face_yaw = recipe.yaw_deg + recipe.body_deg - recipe.camera_around_deg
        assert abs(face_yaw) <= settings.YAW_FAR_DEG[1]
        assert settings.JPEG_QUALITY[0] <= recipe.jpeg_quality <= settings.JPEG_QUALITY[1]
        assert recipe == draw_recipe(seed, male=bool(seed % 2))


def test_clothes_give_nobody_away() -> None:
    first, second = ({draw_recipe(base * 100 + i, male=True).cloth_colour for i in range(38)} for base in (2, 3))
    assert not first & second


def test_a_proxy_hangs_on_one_or_three_vertices(tmp_path: Path) -> None:
    (tmp_path / "p.obj").write_text("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n")
    (tmp_path / "p.mhclo").write_text(
        "obj_file p.obj\nx_scale 0 1 2.0\ny_scale 0 2 1.0\nz_scale 0 3 1.0\nverts 0\nmaterial p.mhmat\n"
        "1\n0 1 2 0.5 0.25 0.25 1.0 0.0 0.0\n3\ndelete_verts\n5 7 - 9\n"
    )
    proxy = read_proxy(tmp_path / "p.mhclo")
    base = np.array([[0.0, 0, 0], [4, 0, 0], [0, 4, 0], [0, 0, 1]])
    assert np.allclose(proxy.fit(base), [[4, 0, 0], [1 + 2, 1, 0], [0, 0, 1]])
    assert proxy.hidden == {5, 7, 8, 9}


def test_a_cap_covers_the_skull() -> None:
    skull = np.random.default_rng(0).normal(size=(200, 3))
    skull /= np.linalg.norm(skull, axis=1, keepdims=True)
    cap = make_cap("cap", skull, brow=0.0)
    assert cap.vertices[:, 1].max() > skull[:, 1].max()
    assert max(max(face) for face in cap.faces) < len(cap.vertices)


def test_a_sideways_photo_carries_its_flag(tmp_path: Path) -> None:
    save_jpeg(draw_backdrop(1, 64), tmp_path / "a.jpg", 80, orientation=6)
    with Image.open(io.BytesIO((tmp_path / "a.jpg").read_bytes())) as photo:
        assert photo.getexif()[0x0112] == 6
    assert not list(tmp_path.glob("*.part"))
