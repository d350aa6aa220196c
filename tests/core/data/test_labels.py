from __future__ import annotations

import pytest

from core.data.labels import labels_from_names, labels_from_table

FLAT = [f"anna_{n:02d}.jpg" for n in range(4)] + [f"Ben {n}.jpg" for n in range(3)]


def parts(*paths: str) -> list[tuple[str, ...]]:
    return [tuple(path.split("/")) for path in paths]


def people(*paths: str) -> dict[str, int] | None:
    found = labels_from_names(parts(*paths))
    return found.people if found else None


@pytest.mark.parametrize(
    "names",
    [
        ("anna_01", "anna_02", "ben_01", "ben_02"),
        ("Anna 1", "Anna 2", "Ben 1", "Ben 2"),
        ("anna-3", "anna-4", "ben-3", "ben-4"),
        ("anna (4)", "anna (5)", "ben (4)", "ben (5)"),
        ("anna", "anna (2)", "ben", "ben (2)"),
        ("anna1", "anna2", "ben1", "ben2"),
        ("anna.1", "anna.2", "ben.1", "ben.2"),
        ("Anna_01", "anna 2", "BEN-1", "ben (2)"),
        ("anna-holiday", "anna-school", "ben_park", "ben home"),
        ("anna 1", "anna 2", "anna at school", "ben 1", "ben 2", "ben 3"),
    ],
)
def test_names_before_numbers_are_people(names: tuple[str, ...]) -> None:
    found = people(*(f"{name}.jpg" for name in names))
    assert found is not None
    assert {name.casefold(): count for name, count in found.items()} == {
        "anna": len(names) // 2,
        "ben": len(names) // 2,
    }


def test_a_name_is_spelled_as_most_often_and_without_underscores() -> None:
    assert people("Ana_Lu_1.png", "Ana_Lu_2.png", "ana lu 3.png", "Zoë 1.png", "Zoë 2.png") == {"Ana Lu": 3, "Zoë": 2}


def test_a_longer_name_is_not_taken_for_the_shorter() -> None:
    assert people(
        "anna 1.jpg", "anna 2.jpg", "annabel 1.jpg", "annabel 2.jpg", "anna maria 1.jpg", "anna maria 2.jpg"
    ) == {
        "anna": 2,
        "anna maria": 2,
        "annabel": 2,
    }


@pytest.mark.parametrize(
    "names",
    [
        ("IMG_0001", "IMG_0002", "DSC_0001", "DSC_0002"),
        ("IMG-20240101-WA0001", "IMG-20240101-WA0002", "PXL_20240101", "PXL_20240102"),
        ("20240101_120000", "20240101_120001", "0001", "0002"),
        ("anna 1", "anna 2", "anna 3"),
        ("anna 1", "ben 1", "cem 1", "dayo 1"),
        ("WhatsApp Image 2024-01-01 at 10", "WhatsApp Image 2024-01-01 at 11", "Screenshot 1", "Screenshot 2"),
        ("anna 1", "anna 2", "ben 1", "ben 2", *(f"{n:04d}" for n in range(5))),
        (),
    ],
)
def test_what_cameras_write_and_single_names_are_nobody(names: tuple[str, ...]) -> None:
    assert people(*(f"{name}.jpg" for name in names)) is None


def test_who_has_no_name_is_left_out_and_folders_may_still_name_splits() -> None:
    found = labels_from_names(
        parts("x/train/anna_1.jpg", "x/train/anna_2.jpg", "x/train/ben_1.jpg", "x/test/ben_2.jpg", "x/7.jpg")
    )
    assert found is not None
    assert [(place.person, place.split) for place in found.places] == [
        ("anna", "train"),
        ("anna", "train"),
        ("ben", "train"),
        ("ben", "test"),
        (None, None),
    ]
    assert found.places[-1].reason == "has no name of a person in front"


TABLES = [
    "file,label\na1.jpg,anna\na2.jpg,anna\nb1.jpg,ben\nb2.jpg,ben\n",
    "file;label\r\na1.jpg;anna\r\na2.jpg;anna\r\nb1.jpg;ben\r\nb2.jpg;ben\r\n",
    "\ufefflabel\tfile\nanna\ta1\nanna\ta2\nben\tb1\nben\tb2\n",
    "a1.jpg,anna\na2.jpg,anna\nb1.jpg,ben\nb2.jpg,ben\n",
    "id,image,age,person\n1,photos/a1.JPG,9,anna\n2,photos\\a2.jpg,9,anna\n3,photos/b1.jpg,9,ben\n4,photos/b2.jpg,8,ben\n",
    '"file","label"\n"a1.jpg","anna"\n"a2.jpg","anna"\n"b1.jpg","ben"\n"b2.jpg","ben"\n',
]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_of_file_and_label_says_who_is_who(table: str) -> None:
    paths = parts("photos/a1.jpg", "photos/a2.jpg", "photos/b1.jpg", "photos/b2.jpg")
    found = labels_from_table(paths, {"labels.csv": table.encode("utf-8")})
    assert found is not None
    assert (found.people, found.table) == ({"anna": 2, "ben": 2}, "labels.csv")
    assert [place.person for place in found.places] == ["anna", "anna", "ben", "ben"]


def test_a_table_in_an_older_encoding_and_with_splits() -> None:
    table = "file,split,name\n1.jpg,train,Zoë\n2.jpg,val,Zoë\n3.jpg,train,Al\n4.jpg,test,Al\n"
    found = labels_from_table(parts("1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg"), {"t.csv": table.encode("cp1252")})
    assert found is not None
    assert found.people == {"Al": 2, "Zoë": 2}
    assert [place.split for place in found.places] == ["train", "validation", "train", "test", None]
    assert found.places[-1].reason == 'is not named in "t.csv"'


@pytest.mark.parametrize(
    "table", ["", "file,label\n", "other,things\n1,2\n", "a1.jpg\nb1.jpg\n", "a1.jpg,anna\na2.jpg,anna\n", "\0\0,\n"]
)
def test_a_table_that_names_nobody_here_says_nothing(table: str) -> None:
    assert labels_from_table(parts("a1.jpg", "a2.jpg", "b1.jpg", "b2.jpg"), {"x.csv": table.encode()}) is None


def test_of_two_tables_the_one_counts_that_knows_more_photos() -> None:
    paths = parts("a1.jpg", "a2.jpg", "b1.jpg", "b2.jpg")
    found = labels_from_table(paths, {"some.csv": b"a1.jpg,x\na2.jpg,y\nb1.jpg,x", "all.csv": TABLES[0].encode()})
    assert found is not None
    assert found.table == "all.csv"


def test_people_are_told_with_their_numbers() -> None:
    found = labels_from_names(
        parts(*(f"{name} {n}.jpg" for name in ("Ab", "Bo", "Cy", "Di", "Ed", "Fi", "Gy", "Ho") for n in (1, 2)))
    )
    assert found is not None
    assert found.counts() == "Ab 2, Bo 2, Cy 2, Di 2, Ed 2, Fi 2 and 2 more"
    assert found.counts(most=2) == "Ab 2, Bo 2 and 6 more"
