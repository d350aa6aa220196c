"""What runs in a worker and needs TensorFlow: training, the saved model's test, new photos, similarity, activations.

May import everything but jobs and the command line; the server must never import it.
"""
