"""The student: VGG16 at a quarter of its width, with BatchNorm while it learns and plain once folded."""

from __future__ import annotations

import keras
import tensorflow as tf

BLOCKS = ((2, 16), (2, 32), (3, 64), (3, 128), (3, 128))  # convolutions and filters; VGG16 has four times the filters
CONVOLUTIONS = tuple(f"conv{block}_{n}" for block, (count, _) in enumerate(BLOCKS, 1) for n in range(1, count + 1))
EMBEDDING = 128  # the teacher's descriptor
MEAN_BGR = (93.5940, 104.7624, 129.1863)  # VGG-Face's, Parkhi et al., "Deep Face Recognition", BMVC 2015


@keras.saving.register_keras_serializable(package="pretrain")
class FusedBatchNorm(keras.layers.Layer):
    """BatchNormalization in TensorFlow's one fused operation.

    Keras 3 computes it in float32 from single operations, which cost more here than all convolutions together: on two
    cores, 64 px, batch 128, bfloat16, a training step took 0.46 s that way and 0.26 s this way.
    """

    def __init__(self, momentum: float = 0.99, epsilon: float = 1e-3, **kwargs) -> None:
        super().__init__(**kwargs)
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, input_shape: tuple[int | None, ...]) -> None:
        """Make the four vectors of shape (channels,), float32 whatever the policy."""

        def vector(name: str, initializer: str, trainable: bool) -> keras.Variable:
            return self.add_weight(
                shape=(input_shape[-1],),
                name=name,
                initializer=initializer,
                trainable=trainable,
                dtype="float32",
                autocast=False,
            )

        self.gamma = vector("gamma", "ones", True)
        self.beta = vector("beta", "zeros", True)
        self.moving_mean = vector("moving_mean", "zeros", False)
        self.moving_variance = vector("moving_variance", "ones", False)

    def call(self, x: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Normalise maps of shape (n, height, width, channels) with the batch's numbers, or the running ones."""
        running = [tf.convert_to_tensor(vector) for vector in (self.moving_mean, self.moving_variance)]
        y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
            x=x,
            scale=tf.convert_to_tensor(self.gamma),
            offset=tf.convert_to_tensor(self.beta),
            mean=tf.zeros([0]) if training else running[0],
            variance=tf.zeros([0]) if training else running[1],
            epsilon=self.epsilon,
            is_training=bool(training),
        )
        if training:
            self.moving_mean.assign(running[0] * self.momentum + mean * (1 - self.momentum))
            self.moving_variance.assign(running[1] * self.momentum + variance * (1 - self.momentum))
        return y


def build_net(batch_norm: bool) -> keras.Model:
    """Build the student.

    Args:
        batch_norm: True for the net that learns, False for the plain net that ships.

    Returns:
        A model from BGR minus MEAN_BGR, shape (n, size_px, size_px, 3), from 32 px on, to two outputs, float32: the
        mean of pool5's maps, shape (n, 128), and the embedding, shape (n, 128), of length 1.
    """
    inputs = x = keras.Input((None, None, 3), name="bgr_centred")
    for block, (count, filters) in enumerate(BLOCKS, 1):
        for n in range(1, count + 1):
            x = keras.layers.Conv2D(
                filters,
                3,
                padding="same",
                activation=None if batch_norm else "relu",
                use_bias=not batch_norm,
                kernel_initializer="he_normal",
                name=f"conv{block}_{n}",
            )(x)
            if batch_norm:
                x = FusedBatchNorm(name=f"bn{block}_{n}")(x)
                x = keras.layers.ReLU(name=f"relu{block}_{n}")(x)
        x = keras.layers.MaxPooling2D(2, name=f"pool{block}")(x)
    pooled = keras.layers.GlobalAveragePooling2D(dtype="float32", name="pooled")(x)
    embedding = keras.layers.Dense(EMBEDDING, dtype="float32", name="embedding")(pooled)
    embedding = keras.layers.UnitNormalization(dtype="float32", name="direction")(embedding)
    return keras.Model(inputs, [pooled, embedding], name="face_vgg_mini")


def preprocess_vggface(faces_rgb: tf.Tensor) -> tf.Tensor:
    """Bring RGB crops, 0-255, shape (n, size_px, size_px, 3), to BGR minus VGG-Face's mean, float32."""
    return tf.reverse(tf.cast(faces_rgb, tf.float32), axis=[-1]) - tf.constant(MEAN_BGR)
