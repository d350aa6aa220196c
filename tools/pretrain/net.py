"""The student in Keras: a narrow VGG16, with BatchNorm as it learned (student.py) and plain once folded."""

from __future__ import annotations

import keras
import tensorflow as tf
from layout import CONVOLUTIONS, EMBEDDING, EPSILON, MEAN_BGR, POOLED, WIDTH, filters


def build_net(batch_norm: bool, width: int = WIDTH) -> keras.Model:
    """Build the student.

    Args:
        batch_norm: True for the net as it learned, False for the plain net that ships.
        width: filters of the first block.

    Returns:
        A model from BGR minus MEAN_BGR, shape (n, size_px, size_px, 3), from 32 px on, to two outputs, float32: the
        mean of pool5's maps, shape (n, 8 * width), and the embedding, shape (n, 128), of length 1.
    """
    inputs = x = keras.Input((None, None, 3), name="bgr_centred")
    for name, channels in zip(CONVOLUTIONS, filters(width), strict=True):
        x = keras.layers.Conv2D(
            channels,
            3,
            padding="same",
            activation=None if batch_norm else "relu",
            use_bias=not batch_norm,
            kernel_initializer="he_normal",
            name=name,
        )(x)
        if batch_norm:
            x = keras.layers.BatchNormalization(epsilon=EPSILON, name=name.replace("conv", "bn"))(x)
            x = keras.layers.ReLU(name=name.replace("conv", "relu"))(x)
        if name in POOLED:
            x = keras.layers.MaxPooling2D(2, name=f"pool{name[4]}")(x)
    pooled = keras.layers.GlobalAveragePooling2D(dtype="float32", name="pooled")(x)
    embedding = keras.layers.Dense(EMBEDDING, dtype="float32", name="embedding")(pooled)
    embedding = keras.layers.UnitNormalization(dtype="float32", name="direction")(embedding)
    return keras.Model(inputs, [pooled, embedding], name="face_vgg_mini")


def preprocess_vggface(faces_rgb: tf.Tensor) -> tf.Tensor:
    """Bring RGB crops, 0-255, shape (n, size_px, size_px, 3), to BGR minus VGG-Face's mean, float32."""
    return tf.reverse(tf.cast(faces_rgb, tf.float32), axis=[-1]) - tf.constant(MEAN_BGR)
