"""The web server: takes photos and orders, tells what became of them. It edits nothing itself."""
