from __future__ import annotations

from tools.benchmarks import sets


def test_a_set_holds_photos_and_no_links_which_the_lab_would_not_follow(lab_home, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(sets, "build_dataset", lambda source, workspace: source)
    source = sets.build(sets.PeopleSet("drawn, 6 people x 3", (), 3), tmp_path, lab_home, sets.LFW)
    photos = [path for path in source.rglob("*.jpg") if path.is_file() and not path.is_symlink()]
    counts = [sum(path.relative_to(source).parts[0] == split for path in photos) for split in ("train", "validation")]
    assert counts == [18, 24]
