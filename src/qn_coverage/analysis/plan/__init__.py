"""What to build next: demand, candidates, choice and answer, over arrays and tables.

`demand` says who has no signal, `candidates` where one could build, `reach` what each candidate
would add, `model` and `solve` choose, `answer` and `sensitivity` explain. `docs/planner.md` tells
the story and states the formulation.
"""
