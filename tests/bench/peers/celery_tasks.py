"""The Celery application: imported by its workers and by peer_celery.py, which starts them."""
import os

from celery import Celery

import job

app = Celery("celery_tasks", broker=os.environ["MANDEL_PEERS_REDIS"], backend=os.environ["MANDEL_PEERS_REDIS"])
# Pickle for the results, since JSON has no bytes; the workers themselves take JSON only.
app.conf.update(result_serializer="pickle", result_accept_content=["pickle"], task_acks_late=False)


@app.task
def compute(first_row, rows):
    return job.compute((first_row, rows))
