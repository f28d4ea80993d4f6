"""What customers buy by the app, Scan & Go and Click & Collect: documents."""
