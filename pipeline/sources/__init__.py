"""Feed and sitemap bytes to entries; when to look again; how a source is doing."""
