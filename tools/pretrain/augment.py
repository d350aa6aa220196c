"""Strong augmentation of a whole batch at a time, in TensorFlow operations, everything drawn from one seed."""

from __future__ import annotations

import math

import tensorflow as tf


class Draw:
    """Random numbers of a batch; every call goes on from the seed, so that the same seed gives the same batch."""

    def __init__(self, seed: tf.Tensor, n: tf.Tensor) -> None:
        self.seed = seed
        self.n = n
        self.calls = 0

    def uniform(self, low: float, high: float, *shape: int) -> tf.Tensor:
        """Draw float32, shape (n, *shape)."""
        self.calls += 1
        seed = tf.random.experimental.stateless_fold_in(self.seed, self.calls)
        return tf.random.stateless_uniform((self.n, *shape), seed, low, high)

    def chance(self, probability: float, *shape: int) -> tf.Tensor:
        """Draw 0.0 or 1.0, shape (n, *shape)."""
        return tf.cast(self.uniform(0, 1, *shape) < probability, tf.float32)


def move(faces: tf.Tensor, size_px: int, draw: Draw) -> tf.Tensor:
    """Zoom, stretch, turn, shift and flip in one resampling to (n, size_px, size_px, 3); the border is replicated."""
    from_px = tf.cast(tf.shape(faces)[1], tf.float32)
    ratio = from_px / size_px
    zoom = tf.exp(draw.uniform(-0.20, 0.22))
    stretch = tf.exp(draw.uniform(-0.06, 0.06))
    angle = draw.uniform(-1, 1) * draw.uniform(0, 1) * math.radians(25)
    flip = 1 - 2 * draw.chance(0.5)
    cos, sin = tf.cos(angle), tf.sin(angle)
    xx, xy = flip * cos * ratio / (zoom * stretch), -sin * ratio / (zoom * stretch)
    yx, yy = flip * sin * ratio * stretch / zoom, cos * ratio * stretch / zoom
    shift_x, shift_y = draw.uniform(-0.07, 0.07) * from_px, draw.uniform(-0.07, 0.07) * from_px
    centre_in, centre_out = (from_px - 1) / 2, (size_px - 1) / 2
    zero = tf.zeros_like(zoom)
    transforms = tf.stack(
        [
            xx,
            xy,
            centre_in - (xx + xy) * centre_out + shift_x,
            yx,
            yy,
            centre_in - (yx + yy) * centre_out + shift_y,
            zero,
            zero,
        ],
        axis=1,
    )
    return tf.raw_ops.ImageProjectiveTransformV3(
        images=faces,
        transforms=transforms,
        output_shape=[size_px, size_px],
        fill_value=0.0,
        interpolation="BILINEAR",
        fill_mode="NEAREST",
    )


def lose_detail(faces: tf.Tensor, size_px: int, draw: Draw) -> tf.Tensor:
    """Shrink and enlarge the first quarter of the batch (batches are shuffled); blur or sharpen each a little."""
    few = tf.shape(faces)[0] // 4
    small_px = tf.cast(draw.uniform(0.3, 0.75)[0] * size_px, tf.int32)
    shrunk = tf.image.resize(faces[:few], (small_px, small_px), antialias=False)
    faces = tf.concat([tf.image.resize(shrunk, (size_px, size_px)), faces[few:]], axis=0)
    blurred = tf.nn.avg_pool2d(tf.nn.avg_pool2d(faces, 3, 1, "SAME"), 2, 1, "SAME")
    strength = tf.where(draw.uniform(0, 1) < 0.35, draw.uniform(0, 1), draw.uniform(-0.35, 0.15))
    return faces + strength[:, None, None, None] * (blurred - faces)


def light(faces: tf.Tensor, size_px: int, draw: Draw) -> tf.Tensor:
    """Change exposure, contrast, colour of light, saturation (some go grey), and light from one side."""
    pixel = tf.linspace(-1.0, 1.0, size_px)
    side = draw.uniform(-0.45, 0.45, 2)
    slope = side[:, 0, None, None] * pixel[None, None, :] + side[:, 1, None, None] * pixel[None, :, None]
    gain = tf.exp(draw.uniform(-0.35, 0.3, 1, 1, 1) + draw.uniform(-0.13, 0.13, 1, 1, 3)) * (1 + slope[..., None])
    mean = tf.reduce_mean(faces, axis=(1, 2, 3), keepdims=True)
    faces = ((faces - mean) * tf.exp(draw.uniform(-0.45, 0.3, 1, 1, 1)) + mean) * gain
    grey = tf.reduce_sum(faces * tf.constant([0.299, 0.587, 0.114]), axis=3, keepdims=True)
    saturation = draw.uniform(0.4, 1.5, 1, 1, 1) * (1 - draw.chance(0.15, 1, 1, 1))
    return grey + saturation * (faces - grey)


def occlude(faces: tf.Tensor, size_px: int, draw: Draw) -> tf.Tensor:
    """Lay a rectangle of one colour over part of four faces in ten."""
    pixel = (tf.range(size_px, dtype=tf.float32) + 0.5) / size_px
    half = draw.uniform(0.06, 0.22, 2)
    centre = draw.uniform(0, 1, 2)
    inside = tf.cast(tf.abs(pixel[None, None, :] - centre[:, :, None]) < half[:, :, None], tf.float32)
    mask = inside[:, 0, None, :, None] * inside[:, 1, :, None, None] * draw.chance(0.4, 1, 1, 1)
    return faces + mask * (draw.uniform(0, 255, 1, 1, 3) - faces)


def augment(faces_rgb: tf.Tensor, size_px: int, seed: tf.Tensor) -> tf.Tensor:
    """Make a new view of every face of a batch.

    Args:
        faces_rgb: uint8, shape (n, from_px, from_px, 3), RGB; from_px a quarter above size_px is enough for every zoom.
        size_px: side of the result.
        seed: int32, shape (2,).

    Returns:
        float32, shape (n, size_px, size_px, 3), RGB, 0-255.
    """
    draw = Draw(seed, tf.shape(faces_rgb)[0])
    faces = move(tf.cast(faces_rgb, tf.float32), size_px, draw)
    faces = lose_detail(faces, size_px, draw)
    faces = light(faces, size_px, draw)
    return tf.clip_by_value(occlude(faces, size_px, draw), 0, 255)
