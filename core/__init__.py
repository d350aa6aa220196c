"""The lab without a browser: from photos of people to a tested classifier. Knows nothing of Streamlit.

At the top stand what all others build on: errors, settings, files on disk, the workspace, the folder of a job.
Imports run one way, down: cli, jobs, training, sweeps, experiments, then data, models and evaluation side by side.
"""
