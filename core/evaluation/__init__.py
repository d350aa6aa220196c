"""Numbers from arrays: metrics, comparisons, which settings to choose, learning curves. Figures: `ui.charts`.

Knows no run and no data set; may import only what stands at the top of core. No TensorFlow.
"""
