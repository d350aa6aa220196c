"""Numbers from arrays and figures from numbers: metrics, comparisons, which settings to choose, learning curves.

Knows no run and no data set; may import only what stands at the top of core. No TensorFlow.
"""
