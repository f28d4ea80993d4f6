"""Local tools: set-up, the runner, seeding, benchmarks. None of them is deployed."""
