from __future__ import annotations

import numpy as np

WIDTH = 4


def test_a_widened_net_computes_the_same_with_filters_that_differ(program) -> None:
    net, layout, widen = (program(name) for name in ("net", "layout", "widen"))
    narrow = net.build_net(batch_norm=False, width=WIDTH)
    plain = {name: narrow.get_layer(name).get_weights() for name in layout.CONVOLUTIONS}
    wide = net.build_net(batch_norm=False, width=3 * WIDTH)
    for name, weights in widen.widen(plain, 3, seed=0).items():
        wide.get_layer(name).set_weights(weights)
    faces = net.preprocess_vggface(np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), np.uint8))
    wanted, found = (np.asarray(each(faces, training=False)[0]) for each in (narrow, wide))
    assert np.allclose(found, np.tile(wanted, 3), atol=1e-4 * wanted.max())
    # Copies that took in the same shares would learn the same for ever.
    kernel = wide.get_layer("conv3_1").get_weights()[0]
    filters = plain["conv3_1"][0].shape[-1]
    assert not np.allclose(kernel[..., 0], kernel[..., filters])


def test_once_is_no_change(program) -> None:
    layout, widen = program("layout"), program("widen")
    rng = np.random.default_rng(0)
    plain = {name: [rng.normal(size=(3, 3, 2, 2)).astype(np.float16), np.zeros(2)] for name in layout.CONVOLUTIONS}
    for name, (kernel, bias) in widen.widen(plain, 1, seed=0).items():
        assert kernel.dtype == bias.dtype == np.float32
        assert np.array_equal(kernel, plain[name][0])
