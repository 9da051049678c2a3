"""The schema as SQLAlchemy Core sees it; `migrations` make it, and a test proves that both agree."""
