"""Local tools: set-up, the runner, seeding, benchmarks. Nothing here is deployed."""
